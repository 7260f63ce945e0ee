import { describeSystem } from '../support/system-scenarios.ts';

describeSystem('process');
