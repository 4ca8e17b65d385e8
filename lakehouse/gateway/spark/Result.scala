package org.apache.spark.sql.hive.thriftserver.lakehouse

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong

import org.apache.spark.{SparkContext, TaskContext}
import org.apache.spark.rdd.RDD
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{Attribute, SortOrder, UnsafeRow}
import org.apache.spark.sql.catalyst.plans.logical.{LogicalPlan, UnaryNode}
import org.apache.spark.sql.catalyst.plans.physical.Partitioning
import org.apache.spark.sql.execution.{SparkPlan, SparkStrategy, UnaryExecNode}

/** The result of a query, which is counted, and has no more rows and bytes than is allowed. */
case class Result(child: LogicalPlan) extends UnaryNode {
  override def output: Seq[Attribute] = child.output
  override def maxRows: Option[Long] = child.maxRows
  override protected def withNewChildInternal(newChild: LogicalPlan): Result = copy(newChild)
}

object ResultStrategy extends SparkStrategy {
  override def apply(plan: LogicalPlan): Seq[SparkPlan] = plan match {
    case Result(child) => Seq(ResultExec(planLater(child)))
    case _ => Nil
  }
}

case class ResultExec(child: SparkPlan) extends UnaryExecNode {
  override def output: Seq[Attribute] = child.output
  override def outputOrdering: Seq[SortOrder] = child.outputOrdering
  override def outputPartitioning: Partitioning = child.outputPartitioning
  override protected def withNewChildInternal(newChild: SparkPlan): ResultExec = copy(newChild)

  override protected def doExecute(): RDD[InternalRow] = child.execute().mapPartitionsInternal { rows =>
    val tally = Tally.of(TaskContext.get().getLocalProperty(SparkContext.SPARK_JOB_GROUP_ID))
    rows.map { row =>
      tally.add(row.asInstanceOf[UnsafeRow].getSizeInBytes)
      row
    }
  }
}

/** Rows and bytes of a statement's result so far, over all its tasks: they run in this Java. */
final class Tally {
  val rows = new AtomicLong
  val bytes = new AtomicLong

  def add(size: Int): Unit = {
    if (rows.incrementAndGet() > Tally.maxRows) {
      throw new RefusedException(s"a result of more than ${Tally.maxRows} rows")
    }
    if (bytes.addAndGet(size) > Tally.maxBytes) {
      throw new RefusedException(s"a result of more than ${Tally.maxBytes} bytes")
    }
  }
}

object Tally {
  @volatile var maxRows: Long = Long.MaxValue
  @volatile var maxBytes: Long = Long.MaxValue
  private val tallies = new ConcurrentHashMap[String, Tally]

  /** That of a statement, which is known until it is closed; one of its own for what is none. */
  def of(statement: String): Tally =
    if (statement == null) new Tally else tallies.getOrDefault(statement, new Tally)

  def begin(statement: String): Unit = tallies.put(statement, new Tally)
  def end(statement: String): Tally = Option(tallies.remove(statement)).getOrElse(new Tally)
}
