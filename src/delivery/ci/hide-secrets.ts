/** Shorter ones, such as `1` or `true`, would be found everywhere and give nothing away. */
const leastLength = 6;
const namesSecret = /token|secret|passw|passphrase|credential|api_?key|private|auth(?!or)|cookie|_(?:key|pat|pwd)$/i;
/** Where, and not what: paths of sockets and files. */
const namesPlace = /_(sock|socket|file|path|dir|home|host|url|pid)$/i;

/**
 * Makes a function that takes secrets of the environment out of lines: what a program prints ends in logs that more people
 * read than may know them. Systems of CI do the same, and only with what they know to be secret.
 */
export function hideSecrets(env: Readonly<Record<string, string | undefined>>): (line: string) => string {
  const values = Object.entries(env)
    .filter(([name]) => namesSecret.test(name) && !namesPlace.test(name))
    .flatMap(([, value = '']) => [value, ...value.split(/\r?\n/)])
    .map((value) => value.trim())
    .filter((value) => value.length >= leastLength);
  // The longest first: one may be a part of another.
  const secrets = [...new Set(values)].toSorted((left, right) => right.length - left.length);
  return (line) => secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line);
}
