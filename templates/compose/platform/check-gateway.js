// The health check of the gateway's container: `node check-gateway.js <service>…`. The gateway must be ready; in its
// first minute also each of these services must have an instance that takes requests, so that `docker compose up --wait`
// returns when the system can be used. Later a service that is away is no fault of the gateway's.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { uptime } from 'node:os';

const admin = `http://127.0.0.1:${process.env.ADMIN_PORT}`;
const patienceSeconds = 60;

/** Since the container was started: its first process says when, in hundredths of a second since the machine was. */
function ageSeconds() {
  const [, fields = ''] = readFileSync('/proc/1/stat', 'utf8').split(') ');
  return uptime() - Number(fields.split(' ')[19]) / 100;
}

function ask(path) {
  return new Promise((resolve, reject) => {
    get(admin + path, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(`${path}: ${text}`))));
    }).on('error', reject);
  });
}

async function missingServices(names) {
  const { services } = JSON.parse(await ask('/status'));
  const isThere = (name) =>
    services.some((service) => service.name === name && service.endpoints.some(({ status }) => status === 'up'));
  return names.filter((name) => !isThere(name));
}

try {
  await ask('/health/ready');
  const missing = ageSeconds() < patienceSeconds ? await missingServices(process.argv.slice(2)) : [];
  if (missing.length > 0) throw new Error(`not there yet: ${missing.join(', ')}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
