import { formatBytes, formatCountOf, printable } from '#base';
import type { BuiltImage, ImagePlan } from '#pack';

/** What is in an image, in 80 columns. */
export function renderPackText(image: string, plan: ImagePlan, { manifest, kept }: BuiltImage): string {
  const lines = manifest.layers.map(({ name, files, bytes }) => {
    const note = kept.includes(name) ? ' (as it was)' : '';
    return `  ${name.padEnd(14)}${formatCountOf(files, 'file').padStart(14)}  ${formatBytes(bytes)}${note}`;
  });
  const stage = manifest.layers.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
  return printable(
    [
      `${image}: ${formatCountOf(plan.files, 'file')} of the job`,
      ...lines,
      `Each node takes ${formatBytes(stage)} of its own storage.`,
      `Start it: srun ${image}/launch COMMAND`,
    ].join('\n'),
  );
}
