import { systemPython } from '../../test/real/examples.ts';
import { ask } from '../../test/real/run.ts';
import { slowMounts } from './slow-mounts.ts';

const ROUND_TRIP = 1000;

const MISSES = `
import os, sys, time
times = []
for number in range(1000):
    begin = time.perf_counter()
    os.access("%s/absent-%d" % (sys.argv[1], number), os.F_OK)
    times.append(time.perf_counter() - begin)
print(sorted(times)[len(times) // 2])
`;

/** Microseconds that a request to slowfs takes beyond what the dials say: kernel, daemon and waking up. */
export function requestMicroseconds(): number {
  const mounts = slowMounts([]);
  try {
    const [mount = ''] = mounts.cold(1, { enabled: 1, lookup: 0, round_trip: ROUND_TRIP });
    return 1e6 * Number(ask([systemPython, '-I', '-S', '-c', MISSES, mount])) - ROUND_TRIP;
  } finally {
    mounts.stop();
  }
}
