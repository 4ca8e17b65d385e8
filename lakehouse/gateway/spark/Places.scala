package org.apache.spark.scheduler.lakehouse

import org.apache.spark.SparkContext
import org.apache.spark.scheduler._
import org.apache.spark.scheduler.TaskLocality.TaskLocality
import org.apache.spark.scheduler.local.LocalSchedulerBackend

/**
 * This Java's own threads as places for tasks, of which a pool has only some at a time.
 *
 * Spark interrupts no task for another statement's: whoever has all places keeps them. The master is
 * `local-gateway[places,of a pool]`; that it begins like this is what `spark-submit` asks of it.
 */
class GatewayClusterManager extends ExternalClusterManager {
  private val Master = """local-gateway\[(\d+),(\d+)\]""".r

  override def canCreate(master: String): Boolean = Master.matches(master)

  override def createTaskScheduler(context: SparkContext, master: String): TaskScheduler = master match {
    case Master(_, ofPool) => new PooledScheduler(context, ofPool.toInt)
  }

  override def createSchedulerBackend(
      context: SparkContext, master: String, scheduler: TaskScheduler): SchedulerBackend = master match {
    case Master(places, _) =>
      new LocalSchedulerBackend(
        context.getConf, scheduler.asInstanceOf[TaskSchedulerImpl], places.toInt)
  }

  override def initialize(scheduler: TaskScheduler, backend: SchedulerBackend): Unit =
    scheduler.asInstanceOf[TaskSchedulerImpl].initialize(backend)
}

private final class PooledScheduler(context: SparkContext, ofPool: Int)
    extends TaskSchedulerImpl(context, 1, isLocal = true) {
  override def createTaskSetManager(tasks: TaskSet, maxTaskFailures: Int): TaskSetManager =
    new TaskSetManager(this, tasks, maxTaskFailures, None) {
      override def resourceOffer(
          executor: String,
          host: String,
          locality: TaskLocality,
          cores: Int,
          resources: Map[String, Map[String, Long]]): (Option[TaskDescription], Boolean, Int) =
        if (parent.runningTasks >= ofPool) (None, false, -1)
        else super.resourceOffer(executor, host, locality, cores, resources)
    }
}
