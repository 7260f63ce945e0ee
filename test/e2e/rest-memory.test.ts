import { afterAll } from 'vitest';

import { hasDocker } from '../support/docker.ts';
import { removeInstalled, testRestTemplate } from '../support/rest-template.ts';

afterAll(removeInstalled);

testRestTemplate({ store: 'memory', env: () => ({}), container: hasDocker ? () => ({ options: [] }) : undefined });
