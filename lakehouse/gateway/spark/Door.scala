package org.apache.spark.sql.hive.thriftserver.lakehouse

import scala.jdk.CollectionConverters._

import org.apache.hadoop.hive.conf.HiveConf
import org.apache.hive.service.Service
import org.apache.hive.service.auth.TSetIpAddressProcessor
import org.apache.hive.service.cli.{CLIService, HiveSQLException}
import org.apache.hive.service.cli.thrift.ThriftBinaryCLIService
import org.apache.hive.service.rpc.thrift.{TOpenSessionReq, TOpenSessionResp}

import org.apache.spark.sql.hive.thriftserver.{HiveThriftServer2, ReflectionUtils}

/**
 * Looks at who opens a session, and with which settings, before Hive does anything with them.
 *
 * Hive sets what a client names: properties of Java, by which it asks for passwords, and where its
 * metastore lies; and it fills in variables of the environment. What is not known is refused.
 */
final class Door(service: CLIService) extends ThriftBinaryCLIService(service) {
  override def OpenSession(request: TOpenSessionReq): TOpenSessionResp =
    try {
      Door.check(TSetIpAddressProcessor.getUserName, request)
      super.OpenSession(request)
    } catch {
      case refused: RefusedException =>
        val answer = new TOpenSessionResp
        answer.setStatus(HiveSQLException.toTStatus(new HiveSQLException(refused.getMessage, refused)))
        answer.setServerProtocolVersion(request.getClient_protocol)
        answer
    }
}

object Door {
  private val Prefix = "set:hiveconf:"
  private val UserName = """[\p{L}\p{N}_][\p{L}\p{N}._@ -]{0,99}""".r
  private val Value = """[\w./:+-]{0,64}""".r

  /** Puts it in place of the door that a server has, which must not have started. */
  def replace(server: HiveThriftServer2, configuration: HiveConf): Unit = {
    val service = ReflectionUtils.getAncestorField[CLIService](server, 1, "cliService")
    val before = ReflectionUtils.getAncestorField[Service](server, 1, "thriftCLIService")
    val door = new Door(service)
    door.init(configuration)
    val services = ReflectionUtils.getAncestorField[java.util.List[Service]](server, 2, "serviceList")
    services.set(services.indexOf(before), door)
    ReflectionUtils.setAncestorField(server, 1, "thriftCLIService", door)
  }

  /** @throws RefusedException a name that is none of a user, or a setting that is not known. */
  def check(user: String, request: TOpenSessionReq): Unit = {
    if (user == null || !UserName.matches(user)) throw new RefusedException("this name of a user")
    val settings = Option(request.getConfiguration).map(_.asScala).getOrElse(Nil)
    for ((name, value) <- settings) {
      val isKnown = name == "use:database" || Settings.isOfSession(name.stripPrefix(Prefix))
      if (!isKnown || !Value.matches(value)) {
        throw new RefusedException(s"a session with ${name.stripPrefix(Prefix)} set")
      }
    }
  }
}
