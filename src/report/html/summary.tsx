import { formatCount, formatCountOf, formatSeconds } from '#base';
import type { Report } from '#schema';
import { listAbout, titlePartsOf } from '../step-words.ts';
import { phasesTable } from '../tables.ts';
import { visible } from '../visible.ts';
import { BasisNote, DataTable, type Limits, Sentence } from './parts.tsx';

const Lighthouse = () => (
  <svg
    width="22"
    height="22"
    viewBox="0 0 22 22"
    aria-hidden="true"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
  >
    <path d="M8 20 9 9h4l1 11M6.5 20h9M8.5 9V5.5L11 3l2.5 2.5V9M8.6 13h4.8M6 6 2 4.5M16 6l4-1.5" />
  </svg>
);

interface Shown {
  readonly name: string;
  readonly value: string;
  readonly basis: 'measured' | 'modelled';
  readonly interval?: { readonly low: number; readonly high: number };
}

function figuresOf({ headline, target, curve }: Report): Shown[] {
  const figures: Shown[] = [];
  const { measuredSeconds, atScale, requestsPerNode } = headline;
  if (measuredSeconds !== undefined)
    figures.push({ name: 'Start here', value: formatSeconds(measuredSeconds), basis: 'measured' });
  const nodes = target
    ? `${formatCountOf(target.nodes, 'node')} x ${formatCountOf(target.ranksPerNode, 'rank')}`
    : 'scale';
  if (atScale)
    figures.push({ name: `On ${nodes}`, value: formatSeconds(atScale.likely), basis: 'modelled', interval: atScale });
  const cured = curve?.points.find((point) => point.nodes === target?.nodes)?.after;
  if (cured)
    figures.push({ name: 'With the remedies', value: formatSeconds(cured.likely), basis: 'modelled', interval: cured });
  if (requestsPerNode !== undefined)
    figures.push({ name: 'Requests of one node', value: formatCount(requestsPerNode), basis: 'modelled' });
  return figures;
}

const Figure = ({ name, value, basis, interval }: Shown) => (
  <div>
    <dt>{name}</dt>
    <dd class="value">{value}</dd>
    <dd>
      <BasisNote basis={basis} format={formatSeconds} {...interval} />
    </dd>
  </div>
);

function listStartAbout({ job }: Report): string[] {
  const ranks = `${formatCount(job.observedRanks)} ${job.observedRanks === 1 ? 'rank' : 'ranks'} observed`;
  return [visible(job.form, 40), visible(job.python, 60), ranks, visible(job.outcome, 120), visible(job.started, 40)];
}

export function Headline({ report }: { report: Report }) {
  const { job, headline, step } = report;
  const about = step ? [...listAbout(report, step), visible(job.started, 40)] : listStartAbout(report);
  const { before, name, after } = titlePartsOf(report);
  const figures = figuresOf(report);
  return (
    <header>
      <div class="brand">
        <Lighthouse />
        Pharos
      </div>
      <h1>
        {before}
        <bdi>{name}</bdi>
        {after}
      </h1>
      <p class="about">
        <bdi>{about.filter((each) => each !== '').join(' · ')}</bdi>
      </p>
      {job.truncated && (
        <p class="notice">{step ? 'A' : 'The'} recording ends early: what follows holds for the part that was seen.</p>
      )}
      <p class="lead">
        {headline.sentences.slice(0, 12).map((sentence, index) => (
          <>
            <span class={index === 0 ? 'first' : undefined}>
              <Sentence text={sentence} most={600} />
            </span>{' '}
          </>
        ))}
      </p>
      {figures.length > 0 && (
        <dl class="figures">
          {figures.map((figure) => (
            <Figure {...figure} />
          ))}
        </dl>
      )}
    </header>
  );
}

/** Of a start: a step has one phase, which the line below its title tells. */
export const Phases = ({ report, limits }: { report: Report; limits: Limits }) =>
  report.step ? null : <DataTable table={phasesTable(report, limits.rows)} most={limits.rows} />;
