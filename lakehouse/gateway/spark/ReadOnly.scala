package org.apache.spark.sql.hive.thriftserver.lakehouse

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
  override def parsePlan(text: String): LogicalPlan = accept(inner.parsePlan(text))

  override def parsePlanWithParameters(text: String, parameters: ParameterContext): LogicalPlan =
    accept(inner.parsePlanWithParameters(text, parameters))

  override def parseQuery(text: String): LogicalPlan = {
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

  /** Hints by which a statement has more tasks at a time than the server allows. */
  private val crowding = Set("REPARTITION", "REPARTITION_BY_RANGE", "REBALANCE")

  private lazy val functions: Set[String] = {
    val lines = Source.fromInputStream(getClass.getResourceAsStream("/functions.txt"), "UTF-8")
    try lines.getLines().filterNot(line => line.startsWith("#") || line.contains(": ")).toSet
    finally lines.close()
  }

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
    case function: UnresolvedTableValuedFunction =>
      checkFunction(function.name)
      if (function.name.last.equalsIgnoreCase("range") && function.functionArgs.size > 3) {
        refuse("a range of so many parts")
      }
    case hint: UnresolvedHint if crowding(hint.name.toUpperCase(java.util.Locale.ROOT)) =>
      refuse(s"the hint ${hint.name}")
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
    val name = parts.last.toLowerCase(java.util.Locale.ROOT)
    val isBuiltin = parts.init.map(_.toLowerCase(java.util.Locale.ROOT)) match {
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
  // Put there by the server itself, in each session.
  private val own =
    Set("spark.sql.hive.version", "spark.sql.datetime.java8API.enabled", Pools.Setting)

  @volatile private var server: Map[String, String] = Map.empty

  /** Whether a client may set it; what drivers say of Hive means nothing to Spark. */
  def isFree(name: String): Boolean = {
    val lower = name.toLowerCase(java.util.Locale.ROOT)
    free(lower) || lower.startsWith("hive.")
  }

  /** What the server was started with, and every session begins with. */
  def begin(session: SparkSession): Unit = server = session.sessionState.conf.getAllConfs

  /** A client sets what it likes when it opens a session, before there is a statement to refuse. */
  def check(session: SparkSession): Unit =
    for ((name, value) <- session.sessionState.conf.getAllConfs) {
      if (!server.get(name).contains(value) && !isFree(name) && !own(name)) {
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
