package org.apache.spark.sql.hive.thriftserver.lakehouse

import java.util.Locale

import scala.io.Source

import org.apache.spark.sql.{SparkSession => AnySession, SparkSessionExtensions}
import org.apache.spark.sql.catalyst.{FunctionIdentifier, TableIdentifier}
import org.apache.spark.sql.catalyst.analysis._
import org.apache.spark.sql.catalyst.expressions.{CallMethodViaReflection, Expression}
import org.apache.spark.sql.catalyst.parser.{ParameterContext, ParserInterface}
import org.apache.spark.sql.catalyst.plans.logical._
import org.apache.spark.sql.classic.SparkSession
import org.apache.spark.sql.execution.command._
import org.apache.spark.sql.execution.datasources.LogicalRelation
import org.apache.spark.sql.types.{DataType, StructType}

/** Makes every session of this Java read-only and of one release; named after Delta's extension. */
class GatewayExtension extends (SparkSessionExtensions => Unit) {
  override def apply(extensions: SparkSessionExtensions): Unit = {
    extensions.injectParser((session, parser) => new ReadOnlyParser(classic(session), parser))
    extensions.injectHintResolutionRule(session => new ReleasedTables(classic(session)))
    extensions.injectCheckRule(_ => ReleasedOnly)
    extensions.injectPlannerStrategy(_ => ResultStrategy)
  }

  private def classic(session: AnySession): SparkSession = session.asInstanceOf[SparkSession]
}

/** Says what is refused, and why nothing is lost by it. */
class RefusedException(what: String)
    extends SecurityException(s"The gateway only reads: $what is refused.")

/**
 * Refuses each statement that is not known to only read.
 *
 * What it knows are kinds of nodes and names of functions, as Spark's parser makes them: whatever
 * is not on the list is refused, so that a later Spark's additions are, too.
 */
final class ReadOnlyParser(session: SparkSession, inner: ParserInterface) extends ParserInterface {
  override def parsePlan(text: String): LogicalPlan = {
    ReadOnly.checkText(text)
    accept(inner.parsePlan(text))
  }

  override def parsePlanWithParameters(text: String, parameters: ParameterContext): LogicalPlan = {
    ReadOnly.checkText(text)
    accept(inner.parsePlanWithParameters(text, parameters))
  }

  override def parseQuery(text: String): LogicalPlan = {
    ReadOnly.checkText(text)
    val plan = inner.parseQuery(text)
    ReadOnly.check(plan)
    plan
  }

  override def parseExpression(text: String): Expression = inner.parseExpression(text)
  override def parseTableIdentifier(text: String): TableIdentifier = inner.parseTableIdentifier(text)
  override def parseFunctionIdentifier(text: String): FunctionIdentifier =
    inner.parseFunctionIdentifier(text)
  override def parseMultipartIdentifier(text: String): Seq[String] =
    inner.parseMultipartIdentifier(text)
  override def parseRoutineParam(text: String): StructType = inner.parseRoutineParam(text)
  override def parseTableSchema(text: String): StructType = inner.parseTableSchema(text)
  override def parseDataType(text: String): DataType = inner.parseDataType(text)

  // Once: what a client set is there before its first statement, and Delta sets more by itself.
  private lazy val isOfGoodSettings: Boolean = { Settings.check(session); true }

  private def accept(plan: LogicalPlan): LogicalPlan = {
    assert(isOfGoodSettings)
    Pools.enter(session)
    ReadOnly.check(plan)
    plan match {
      case explain: ExplainCommand => explain.copy(logicalPlan = Result(explain.logicalPlan))
      case _: Command => plan
      case _ => Result(plan)
    }
  }
}

object ReadOnly {
  /** What a query is made of as it comes from the parser. */
  private val queries = Set(
    "Aggregate", "ApplyLimitAll", "CTERelationDef", "CTERelationRef", "Deduplicate", "Distinct",
    "Except", "Expand", "Filter", "Generate", "GlobalLimit", "Intersect", "Join", "LateralJoin",
    "LimitAll", "LocalLimit", "LocalRelation", "NearestByJoin", "Offset", "OneRowRelation", "PipeOperator", "Pivot",
    "Project", "Range", "RepartitionByExpression", "Sample", "Sort", "SubqueryAlias", "Tail", "Transpose", "Union",
    "UnionLoop", "UnionLoopRef", "Unpivot", "UnresolvedHaving", "UnresolvedHint", "UnresolvedInlineTable",
    "UnresolvedQualify", "UnresolvedRelation", "UnresolvedSubqueryColumnAliases", "UnresolvedTVFAliases",
    "UnresolvedTableValuedFunction", "UnresolvedWith", "Window", "WithCTE", "WithWindowDefinition")

  /** Statements that tell of what is there, or how a query would be answered. */
  private val statements = Set(
    "CurrentNamespace", "DescribeColumn", "DescribeFunction", "DescribeNamespace", "DescribeQueryCommand",
    "DescribeRelation", "ExplainCommand", "SetCatalogAndNamespace", "SetNamespaceCommand", "ShowCatalogsCommand",
    "ShowColumns", "ShowCurrentNamespaceCommand", "ShowFunctions", "ShowNamespacesCommand", "ShowTables",
    "ShowTablesCommand", "ShowViews", "UnresolvedFunctionName", "UnresolvedNamespace",
    "UnresolvedTable", "UnresolvedTableOrView", "UnresolvedView")

  private lazy val functions: Set[String] = {
    val lines = Source.fromInputStream(getClass.getResourceAsStream("/functions.txt"), "UTF-8")
    try lines.getLines().filterNot(line => line.startsWith("#") || line.contains(": ")).toSet
    finally lines.close()
  }

  // Spark's parser writes such a number out, digit by digit, and nothing can stop it.
  private val HugeNumber = """(?i)[\d.]e\+?\d{4,}\s*bd\b""".r.unanchored

  /** @throws RefusedException Spark's parser would not come back from it. */
  def checkText(text: String): Unit =
    if (HugeNumber.matches(text)) refuse("a number of so many digits")

  /** @throws RefusedException something in it is not known to only read. */
  def check(plan: LogicalPlan): Unit = visit(plan)

  private def visit(part: Any): Unit = part match {
    case plan: LogicalPlan =>
      checkNode(plan)
      plan.productIterator.foreach(visit)
    case expression: Expression =>
      checkExpression(expression)
      expression.productIterator.foreach(visit)
    case parts: Iterable[_] => parts.foreach(visit)
    case _: DataType =>
    case product: Product => product.productIterator.foreach(visit)
    case _ =>
  }

  private def checkNode(plan: LogicalPlan): Unit = plan match {
    case relation: UnresolvedRelation =>
      checkName(relation.multipartIdentifier)
      if (relation.isStreaming) refuse("a stream")
      if (!relation.options.isEmpty) refuse("a table with options")
    case table: UnresolvedTableOrView => checkName(table.multipartIdentifier)
    case table: UnresolvedTable => checkName(table.multipartIdentifier)
    case function: UnresolvedTableValuedFunction => checkFunction(function.name)
    case explain: ExplainCommand if explain.logicalPlan.isInstanceOf[Command] =>
      refuse(s"to explain ${kind(explain.logicalPlan)}")
    case SetCommand(Some((name, _))) if Settings.isFree(name) =>
    case SetCommand(Some((name, _))) => refuse(s"setting $name")
    case _ if queries(kind(plan)) || statements(kind(plan)) =>
    case _ => refuse(kind(plan))
  }

  private def kind(plan: LogicalPlan): String = plan.getClass.getSimpleName.stripSuffix("$")

  private def checkExpression(expression: Expression): Unit = expression match {
    case function: UnresolvedFunction => checkFunction(function.nameParts)
    case generator: UnresolvedGenerator => checkFunction(generator.name.nameParts)
    case _: ExpressionWithUnresolvedIdentifier => refuse("IDENTIFIER()")
    case _ =>
  }

  private def checkName(parts: Seq[String]): Unit =
    if (!Names.isReleased(parts)) {
      refuse(s"${parts.mkString(".")}, which is no table of ${Release.Schema},")
    }

  private def checkFunction(parts: Seq[String]): Unit = {
    val name = parts.last.toLowerCase(Locale.ROOT)
    val isBuiltin = parts.init.map(_.toLowerCase(Locale.ROOT)) match {
      case Seq() | Seq("builtin") | Seq("system", "builtin") => true
      case _ => false
    }
    if (!isBuiltin || !functions(name)) refuse(s"the function ${parts.mkString(".")}")
  }

  private def refuse(what: String): Nothing = throw new RefusedException(what)
}

/** What a session may set: nothing that says where data is, or how much of the machine it takes. */
object Settings {
  private val free = Set(
    "spark.sql.ansi.enabled", "spark.sql.session.timezone", "spark.sql.crossjoin.enabled")
  // How many rows a driver wants at a time: it says so when it opens a session.
  private val ofDrivers = Set("hive.server2.thrift.resultset.default.fetch.size")
  // Put there by the server itself, in each session.
  private val own =
    Set("spark.sql.hive.version", "spark.sql.datetime.java8API.enabled", Pools.Setting)

  @volatile private var server: Map[String, String] = Map.empty

  /** Whether a statement may set or show it. */
  def isFree(name: String): Boolean = free(name.toLowerCase(Locale.ROOT))

  /** Whether a session may be opened with it. */
  def isOfSession(name: String): Boolean = isFree(name) || ofDrivers(name)

  /** What the server was started with, and every session begins with. */
  def begin(session: SparkSession): Unit = server = session.sessionState.conf.getAllConfs

  /** The door has looked already; this is what came of it, by whatever way. */
  def check(session: SparkSession): Unit =
    for ((name, value) <- session.sessionState.conf.getAllConfs) {
      // Hive gives every session what Java's properties say of it: where the server asks for users.
      val isServers = server.get(name).contains(value) || System.getProperty(name) == value
      if (!isServers && !isOfSession(name) && !own(name)) {
        throw new RefusedException(s"a session with $name set")
      }
    }
}

/**
 * Refuses what reads anything but the release, by whatever way it came into a query.
 *
 * Queries of clients have a `Result` at their top; what Delta asks of its own log has none.
 */
object ReleasedOnly extends (LogicalPlan => Unit) {
  private val harmless = Set("CTERelationRef", "LocalRelation", "OneRowRelation", "Range", "UnionLoopRef")

  override def apply(plan: LogicalPlan): Unit = plan match {
    case Result(child) => child.foreachWithSubqueries(check)
    case _ =>
  }

  private def check(node: LogicalPlan): Unit = {
    node match {
      case relation: LogicalRelation if Release.contains(relation) =>
      case _ if node.children.nonEmpty || harmless(node.getClass.getSimpleName.stripSuffix("$")) =>
      case _ => throw new RefusedException(s"reading ${node.getClass.getSimpleName}")
    }
    node.expressions.foreach(_.foreach {
      case call: CallMethodViaReflection => throw new RefusedException(call.prettyName)
      case _ =>
    })
  }
}
