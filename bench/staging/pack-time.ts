import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { median } from '../median.ts';
import { image, pharos, recording } from './peers.ts';
import { script } from './places.ts';

export interface PackTime {
  readonly packSeconds: number;
  /** After a line was added to the user's own code. */
  readonly againSeconds: number;
}

const REPEATS = 3;

function timed(act: () => void): number {
  const began = performance.now();
  act();
  return (performance.now() - began) / 1000;
}

/** Packs the recorded job anew, and again after each edit. The script and its image are then as they were. */
export function measurePacking(): PackTime {
  const original = readFileSync(script);
  const [first, again]: [number[], number[]] = [[], []];
  try {
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      rmSync(image, { recursive: true, force: true });
      first.push(timed(() => pharos(['pack', recording, '--to', image])));
      appendFileSync(script, `# edited ${repeat}\n`);
      again.push(timed(() => pharos(['pack', recording, '--to', image])));
    }
  } finally {
    writeFileSync(script, original);
    pharos(['pack', recording, '--to', image]);
  }
  return { packSeconds: median(first), againSeconds: median(again) };
}
