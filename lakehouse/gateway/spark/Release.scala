package org.apache.spark.sql.hive.thriftserver.lakehouse

import java.util.{Collections, List => JavaList, Set => JavaSet, WeakHashMap}

import scala.concurrent.ExecutionContext.Implicits.global
import scala.concurrent.Future
import scala.jdk.CollectionConverters._

import org.apache.spark.sql.catalyst.TableIdentifier
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation
import org.apache.spark.sql.catalyst.catalog._
import org.apache.spark.sql.catalyst.plans.logical.{LogicalPlan, SubqueryAlias}
import org.apache.spark.sql.catalyst.rules.Rule
import org.apache.spark.sql.catalyst.trees.TreePattern.UNRESOLVED_RELATION
import org.apache.spark.sql.classic.SparkSession
import org.apache.spark.sql.delta.files.{TahoeBatchFileIndex, TahoeLogFileIndex}
import org.apache.spark.sql.execution.datasources.{FileIndex, HadoopFsRelation, LogicalRelation}
import org.apache.spark.sql.types.StructType

/**
 * A table at the version of a release, as it is read by every session.
 *
 * Its files do not change: they are listed once, and not by a job of every scan, as Delta does.
 *
 * @throws IllegalStateException the table is another one than was released.
 */
final class PinnedTable(session: SparkSession, val name: String, path: String, val version: Int, val id: String) {
  private val found = session.read.format("delta").option("versionAsOf", version.toLong).load(path)
    .queryExecution.analyzed match {
    case relation @ LogicalRelation(
          files @ HadoopFsRelation(index: TahoeLogFileIndex, _, _, _, _, _), _, _, _, _) =>
      (relation, files, index)
    case other => throw new IllegalStateException(s"$name is not read as a Delta table, but as:\n$other")
  }
  private val snapshot = found._3.getSnapshot
  if (snapshot.metadata.id != id) {
    throw new IllegalStateException(s"$name is table ${snapshot.metadata.id}, and the release has $id")
  }

  val schema: StructType = found._1.schema
  val comment: Option[String] = Option(snapshot.metadata.description)

  lazy val plan: LogicalPlan = {
    val (relation, files, index) = found
    val listed = new TahoeBatchFileIndex(
      session, "released", snapshot.allFiles.collect().toSeq, index.deltaLog, index.path, snapshot)
    Release.admit(listed)
    relation.copy(relation = files.copy(location = listed)(session))
  }

  def isAt(other: Int, otherId: String): Boolean = version == other && id == otherId
}

final class Release(val number: Int, val tables: Map[String, PinnedTable])

/** The release that statements read: one volatile reference, so that a statement reads one only. */
object Release {
  val Catalog = "spark_catalog"
  val Schema = "gold"

  @volatile private var published = new Release(0, Map.empty)
  private val known: JavaSet[FileIndex] =
    Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap[FileIndex, java.lang.Boolean]))

  def current: Release = published

  /** Lets queries read these files. */
  def admit(index: FileIndex): Unit = known.add(index)

  /** Whether a relation is a table of a release, this one or an earlier that is still read. */
  def contains(relation: LogicalRelation): Boolean = relation.relation match {
    case files: HadoopFsRelation => known.contains(files.location)
    case _ => false
  }

  /**
   * Lets statements that begin from now on read these tables.
   *
   * @param ids of the Delta tables: one that was deleted and made anew is not taken for the old one.
   * @throws IllegalStateException a table is another one than was released; nothing has changed.
   */
  def publish(
      session: SparkSession,
      number: Int,
      names: JavaList[String],
      paths: JavaList[String],
      versions: JavaList[Integer],
      ids: JavaList[String]): Unit = synchronized {
    val before = published.tables
    val tables = names.asScala.indices.map { place =>
      val (name, version, id) = (names.get(place), versions.get(place).toInt, ids.get(place))
      before.get(name).filter(_.isAt(version, id))
        .getOrElse(new PinnedTable(session, name, paths.get(place), version, id))
    }
    published = new Release(number, tables.map(table => table.name -> table).toMap)
    describe(session, published)
    Future(tables.foreach(_.plan)) // So that the first who asks need not wait for it.
  }

  /** What clients browse: a view for each table, with its columns and comments. */
  private def describe(session: SparkSession, release: Release): Unit = {
    val catalog = session.sharedState.externalCatalog
    if (!catalog.databaseExists(Schema)) {
      val place = catalog.getDatabase("default").locationUri
      catalog.createDatabase(
        CatalogDatabase(Schema, "Tables of the current release", place, Map.empty), ignoreIfExists = true)
    }
    for (name <- catalog.listTables(Schema) if !release.tables.contains(name)) {
      catalog.dropTable(Schema, name, ignoreIfNotExists = true, purge = false)
    }
    for (table <- release.tables.values) {
      val view = CatalogTable(
        identifier = TableIdentifier(table.name, Some(Schema), Some(Catalog)),
        tableType = CatalogTableType.VIEW,
        storage = CatalogStorageFormat.empty,
        schema = table.schema,
        viewText = Some(s"release ${release.number}"),
        comment = table.comment)
      if (catalog.tableExists(Schema, table.name)) {
        val shown = catalog.getTable(Schema, table.name)
        if (shown.schema != view.schema || shown.comment != view.comment) {
          catalog.dropTable(Schema, table.name, ignoreIfNotExists = true, purge = false)
          catalog.createTable(view, ignoreIfExists = true)
        }
      } else {
        catalog.createTable(view, ignoreIfExists = true)
      }
    }
  }
}

/** Tables of the release in place of their names; what is no such name is left, and not found. */
final class ReleasedTables(session: SparkSession) extends Rule[LogicalPlan] {
  override def apply(plan: LogicalPlan): LogicalPlan = {
    lazy val release = Release.current
    plan.resolveOperatorsUpWithSubqueriesAndPruning(_.containsPattern(UNRESOLVED_RELATION)) {
      case relation: UnresolvedRelation =>
        nameIn(relation.multipartIdentifier).flatMap(release.tables.get).map { table =>
          SubqueryAlias(Seq(Release.Catalog, Release.Schema, table.name), table.plan)
        }.getOrElse(relation)
    }
  }

  private def nameIn(parts: Seq[String]): Option[String] =
    if (Names.isReleased(parts)) Some(parts.last.toLowerCase(java.util.Locale.ROOT)) else None
}

object Names {
  /** Whether a name of so many parts can be one of the release. */
  def isReleased(parts: Seq[String]): Boolean = parts match {
    case Seq(_) => true
    case Seq(schema, _) => schema.equalsIgnoreCase(Release.Schema)
    case Seq(catalog, schema, _) =>
      catalog.equalsIgnoreCase(Release.Catalog) && schema.equalsIgnoreCase(Release.Schema)
    case _ => false
  }
}
