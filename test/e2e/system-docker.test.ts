import { describe } from 'vitest';

import { hasDocker } from '../support/docker.ts';
import { describeSystem } from '../support/system-scenarios.ts';

describe.skipIf(!hasDocker)('with Docker', () => describeSystem('docker'));
