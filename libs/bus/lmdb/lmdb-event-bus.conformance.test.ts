import { describeEventBus } from '../conformance.ts';
import { openLmdbTestBus } from '../testing/open-test-bus.ts';

describeEventBus({ name: 'LmdbEventBus', open: openLmdbTestBus });
