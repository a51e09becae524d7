import { describeEventBus } from '../conformance.ts';
import { openRemoteTestBus } from '../testing/open-test-bus.ts';

describeEventBus({
  name: 'RemoteEventBus, a queue that other processes ask (B-014),',
  open: openRemoteTestBus,
});
