/** A program in Perl, which the smallest image brings: what is published is pushed, and with Node.js that takes half a minute. */
export const releasedServer = `use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 64, ReuseAddr => 1) or die $!;
while (my $client = $server->accept) {
  while (defined(my $line = <$client>)) { last if $line eq "\\r\\n" }
  print $client "HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\nconnection: close\\r\\n\\r\\nhello";
  close $client;
}
`;
export const releasedDockerfile = `FROM debian:trixie-slim
COPY server.pl /
USER 10001:10001
CMD ["perl", "/server.pl"]
`;

/** The files of a workspace of that name with two services and two environments, whose hooks write down what they are asked. */
export const releasedFiles = (name: string, registry: string): Readonly<Record<string, string>> => ({
  'msa.yaml': `name: ${name}
gateway: { port: auto }
services:
  web:
    path: web
    health: tcp
    routes: [{ path: /web }]
  api:
    path: api
    health: tcp
delivery:
  registry: ${registry}/acme
  environments:
    staging:
      deploy: sh deploy.sh staging
    production:
      deploy: sh deploy.sh production
      strategy: canary
      weights: [20]
      analyse: sh analyse.sh
`,
  'deploy.sh': 'echo "$1 $MSA_ACTION $MSA_SERVICE $MSA_WEIGHT $MSA_IMAGE" >> "$TEST_RELEASES"\n',
  'analyse.sh': '[ "$(cat verdict)" = good ]\n',
  verdict: 'good\n',
  'package.json': '{ "private": true }\n',
  '.gitignore': 'node_modules/\n',
  'web/Dockerfile': releasedDockerfile,
  'web/server.pl': releasedServer,
  'api/Dockerfile': releasedDockerfile,
  'api/server.pl': releasedServer,
});
