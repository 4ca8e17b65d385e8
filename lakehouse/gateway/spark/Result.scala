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

/**
 * Rows and bytes of a statement's result so far, over all its tasks: they run in this Java.
 *
 * @param held bytes of all results that its user has not closed.
 */
final class Tally(held: AtomicLong) {
  private var counted, weighed = 0L
  private var isEnded = false

  def rows: Long = synchronized(counted)
  def bytes: Long = synchronized(weighed)

  def add(size: Int): Unit = synchronized {
    if (isEnded) refuse("the rest of a statement that has ended")
    counted += 1
    weighed += size
    val ofUser = held.addAndGet(size)
    val ofAll = Tally.held.addAndGet(size)
    if (counted > Tally.maxRows) refuse(s"a result of more than ${Tally.maxRows} rows")
    if (weighed > Tally.maxBytes) refuse(s"a result of more than ${Tally.maxBytes} bytes")
    if (ofUser > Tally.maxBytes) refuse("a result beside so many others that you have not closed")
    if (ofAll > Tally.Together * Tally.maxBytes) {
      refuse("a result beside so many others that their clients have not closed")
    }
  }

  /** From now on it is not held any more. */
  def end(): Unit = synchronized {
    if (!isEnded) {
      held.addAndGet(-weighed)
      Tally.held.addAndGet(-weighed)
    }
    isEnded = true
  }

  private def refuse(what: String): Nothing = throw new RefusedException(what)
}

object Tally {
  /** What all users hold together, beside what one may. */
  val Together = 3

  @volatile var maxRows: Long = Long.MaxValue
  @volatile var maxBytes: Long = Long.MaxValue / Together
  private val held = new AtomicLong
  private val users = new ConcurrentHashMap[String, AtomicLong]
  private val tallies = new ConcurrentHashMap[String, Tally]
  private val ended = new Tally(new AtomicLong)
  ended.end()

  /** That of a statement, from its beginning until it is closed. */
  def of(statement: String): Tally =
    Option(statement).flatMap(id => Option(tallies.get(id))).getOrElse(ended)

  def begin(statement: String, user: String): Unit =
    tallies.put(statement, new Tally(users.computeIfAbsent(user, _ => new AtomicLong)))

  def end(statement: String): Tally = {
    val tally = Option(tallies.remove(statement)).getOrElse(ended)
    tally.end()
    tally
  }
}
