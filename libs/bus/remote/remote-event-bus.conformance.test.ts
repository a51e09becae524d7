import { describeEventBus } from '../conformance.ts';
import { openRemoteTestBus } from '../testing/open-test-bus.ts';

describeEventBus({ name: 'RemoteEventBus', open: openRemoteTestBus });
