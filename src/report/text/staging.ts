import { formatCount, formatCountOf, formatRange, formatSeconds, type Interval } from '#base';
import type { StagingOutlook } from '#schema';
import { wrap } from '../columns.ts';
import { visible } from '../visible.ts';
import { heading, type Page } from './page.ts';

const tell = ({ low, likely, high }: Interval) => `${formatSeconds(likely)} (${formatRange(low, high, formatSeconds)})`;

function scaleOf({ nodes, ranksPerNode }: StagingOutlook): string {
  return `${formatCountOf(nodes, 'node')} with ${formatCountOf(ranksPerNode, 'rank')} each`;
}

function tellNow(outlook: StagingOutlook): string {
  const { asIs, staged, profile } = outlook;
  const known = profile.calibrated ? 'as measured' : 'not measured here: pharos calibrate does';
  const before = `On ${scaleOf(outlook)}, from ${visible(profile.title)} (${known}), a start takes ${tell(asIs)} as it is`;
  if (!staged) return `${before}. No way to bring an image to the nodes is known to be there.`;
  const { value, low, high } = staged.saves;
  const after = `${before}, and ${tell(staged.seconds)} with the image brought by ${visible(staged.title)}`;
  if (value <= 0) return `${after}: staging does not pay at this size.`;
  return `${after}: it likely saves ${formatSeconds(value)} a start (${formatRange(low, high, formatSeconds)}).`;
}

function tellFrom({ pays: { likelyFrom, surelyFrom, tried } }: StagingOutlook): string {
  if (likelyFrom === undefined) return `It pays at no size up to ${formatCount(tried)} nodes.`;
  const likely =
    likelyFrom === 1
      ? 'It is likely faster at any size'
      : `It is likely faster from ${formatCount(likelyFrom)} nodes on`;
  if (surelyFrom === undefined) return `${likely}, and surely at none that was tried.`;
  return `${likely}, and in 95 of 100 possible worlds from ${formatCountOf(surelyFrom, 'node')} on.`;
}

function tellInstead({ withoutImage, staged }: StagingOutlook): string[] {
  if (withoutImage.length === 0) return [];
  const pays = (staged?.saves.value ?? 0) > 0;
  const titles = withoutImage.map(
    ({ title, saves }) => `${visible(title)} (saves ${formatRange(saves.low, saves.high, formatSeconds)})`,
  );
  return [
    `${pays ? 'Without an image there is also' : 'What helps without an image'}: ${titles.join('; ')}. pharos audit tells how.`,
  ];
}

function tellUnseen({ unseen }: StagingOutlook): string[] {
  if (unseen === undefined) return [];
  return [
    `Not all that the job opens was seen: ${visible(unseen)}. What the image lacks comes from where it is; pharos pack --trace job -- COMMAND sees it all.`,
  ];
}

/** Whether staging pays at the scale asked for, from which size on, and what helps without it. */
export function stagingLines(outlook: StagingOutlook, page: Page): string[] {
  const sentences = [tellNow(outlook), tellFrom(outlook), ...tellInstead(outlook), ...tellUnseen(outlook)];
  return [
    ...heading(page, 'Does staging pay? (modelled)'),
    ...sentences.flatMap((sentence) => wrap(sentence, page.width)),
  ];
}
