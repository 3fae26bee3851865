// Serves DynamoDB Local from memory, on a free loopback port, until standard input closes, which it does when the test
// process ends, however it ends. The first line on standard output is the address.

import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import com.amazonaws.services.dynamodbv2.local.server.DynamoDBProxyServer;
import java.io.OutputStream;
import java.io.PrintStream;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

public class Serve {
    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err); // its greeting
        DynamoDBProxyServer proxy = ServerRunner.createServerFromCommandLineArgs(
            new String[] {"-inMemory", "-sharedDb", "-disableTelemetry"});
        ServerConnector connector = connector(proxy);
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        proxy.start();
        out.println("http://127.0.0.1:" + connector.getLocalPort());
        out.close();

        System.in.transferTo(OutputStream.nullOutputStream());
        Runtime.getRuntime().halt(0); // at once, whatever requests are under way
    }

    // DynamoDB Local itself takes a fixed port on all addresses only; its web server can do better.
    private static ServerConnector connector(DynamoDBProxyServer proxy) throws ReflectiveOperationException {
        var field = DynamoDBProxyServer.class.getDeclaredField("server");
        field.setAccessible(true);
        return (ServerConnector) ((Server) field.get(proxy)).getConnectors()[0];
    }
}
