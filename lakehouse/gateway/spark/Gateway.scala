package org.apache.spark.sql.hive.thriftserver.lakehouse

import java.io.{File, PrintWriter}
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Path, StandardOpenOption}
import java.security.KeyStore
import java.security.cert.X509Certificate
import java.time.Instant
import java.util.concurrent.ConcurrentHashMap

import scala.jdk.CollectionConverters._

import org.json4s.JsonDSL._
import org.json4s.jackson.JsonMethods.{compact, render}

import org.apache.spark.SparkContext
import org.apache.spark.sql.classic.SparkSession
import org.apache.spark.sql.hive.HiveUtils
import org.apache.spark.sql.hive.thriftserver.HiveThriftServer2
import org.apache.spark.sql.hive.thriftserver.ui.HiveThriftServer2EventManager

/** The Thrift server over the current release; started by `lakehouse serve`. */
object Gateway {
  @volatile private var owner: SparkSession = _
  private var server: HiveThriftServer2 = _
  private var audit: Audit = _

  /** Must come before anything else: from then on every other session only reads. */
  def begin(session: SparkSession, maxRows: Long, maxBytes: Long): Unit = {
    owner = session
    Settings.begin(session)
    Tally.maxRows = maxRows
    Tally.maxBytes = maxBytes
  }

  /** @throws java.security.GeneralSecurityException no client could trust what is in it. */
  def checkKeystore(path: String, password: String): Unit = {
    val store = KeyStore.getInstance(new File(path), password.toCharArray)
    for (name <- store.aliases().asScala) {
      store.getCertificate(name) match {
        case certificate: X509Certificate => certificate.checkValidity()
        case _ =>
      }
    }
  }

  def start(auditFile: String): Unit = {
    val hive = HiveUtils.newClientForExecution(
      owner.sparkContext.conf, owner.sessionState.newHadoopConf())
    audit = new Audit(owner.sparkContext, Path.of(auditFile))
    HiveThriftServer2.eventManager = audit
    server = new HiveThriftServer2(owner)
    server.init(hive.conf)
    Door.replace(server, hive.conf)
    server.start()
  }

  /** Runs a task, as statements do: who hangs does not come back from it. */
  def beat(): Unit = {
    owner.sparkContext.setLocalProperty(SparkContext.SPARK_SCHEDULER_POOL, "the gateway's own")
    owner.sparkContext.parallelize(Seq(0), 1).count()
  }

  /** Who sent a statement that runs. */
  def userOf(statement: String): Option[String] =
    Option(statement).flatMap(id => Option(audit).flatMap(_.user(id)))

  def stop(): Unit = {
    server.stop()
    audit.close()
  }
}

/** FAIR pools, one for each user: a user's many queries wait for each other, not others for them. */
object Pools {
  val Setting = "spark.sql.thriftserver.scheduler.pool"

  /** Puts the statement that this thread runs, and what its session runs later, in its user's pool. */
  def enter(session: SparkSession): Unit = {
    val statement = session.sparkContext.getLocalProperty(SparkContext.SPARK_JOB_GROUP_ID)
    for (user <- Gateway.userOf(statement)) {
      session.sessionState.conf.setConfString(Setting, user)
      session.sparkContext.setLocalProperty(SparkContext.SPARK_SCHEDULER_POOL, user)
    }
  }
}

private final class Begun(val user: String, val text: String, val at: Instant) {
  @volatile var isFinished = false
}

/** A line of JSON for every statement: who ran what, for how long, how it ended, with how many rows. */
final class Audit(context: SparkContext, file: Path) extends HiveThriftServer2EventManager(context) {
  private val statements = new ConcurrentHashMap[String, Begun]
  private val lines = new PrintWriter(
    Files.newBufferedWriter(file, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND), true)

  override def onStatementStart(
      id: String, session: String, text: String, group: String, user: String): Unit = {
    if (lines.checkError()) throw new RefusedException("a statement that the audit log would lack")
    Tally.begin(id, user)
    statements.put(id, new Begun(user, text, Instant.now()))
    super.onStatementStart(id, session, text, group, user)
  }

  override def onStatementCanceled(id: String): Unit = {
    super.onStatementCanceled(id)
    end(id, "canceled")
  }

  override def onStatementTimeout(id: String): Unit = {
    super.onStatementTimeout(id)
    end(id, "timed out")
  }

  override def onStatementError(id: String, message: String, trace: String): Unit = {
    super.onStatementError(id, message, trace)
    end(id, "failed", Option(message).orElse(Some("")))
  }

  override def onStatementFinish(id: String): Unit = {
    super.onStatementFinish(id)
    Option(statements.get(id)).foreach(_.isFinished = true)
  }

  override def onOperationClosed(id: String): Unit = {
    super.onOperationClosed(id)
    val isFinished = Option(statements.get(id)).exists(_.isFinished)
    end(id, if (isFinished) "finished" else "left")
  }

  def user(statement: String): Option[String] = Option(statements.get(statement)).map(_.user)

  def close(): Unit = lines.close()

  private def end(id: String, state: String, error: Option[String] = None): Unit =
    Option(statements.remove(id)).foreach { begun =>
      val tally = Tally.end(id)
      val ended = Instant.now()
      val seconds = java.time.Duration.between(begun.at, ended).toMillis / 1000.0
      val line = ("at" -> begun.at.toString) ~ ("user" -> begun.user) ~ ("statement" -> begun.text) ~
        ("state" -> state) ~ ("seconds" -> seconds) ~ ("rows" -> tally.rows) ~
        ("bytes" -> tally.bytes) ~ ("error" -> error.map(_.linesIterator.take(1).mkString))
      lines.println(compact(render(line)))
    }
}
