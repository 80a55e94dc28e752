import { formatRange, formatSeconds } from '#base';
import type { ScaleTable } from '#schema';
import { explainTable } from '../scale-arithmetic.ts';
import {
  chooseShown,
  HOW_TO_READ,
  LOCAL,
  scriptOf,
  startOf,
  tellEnds,
  tellFigures,
  tellImage,
  tellSetting,
  tellStar,
  tellSustained,
  tellTimeouts,
} from '../scale-words.ts';
import { partsTable, paysTable, planTable } from '../tables.ts';
import { visible } from '../visible.ts';
import { DataTable, Section, Sentence, Twin } from './parts.tsx';
import { ScaleChart } from './scale-chart.tsx';

const MOST_ROWS = 100;

interface Props {
  readonly table: ScaleTable;
}

const Sentences = ({ all }: { all: readonly string[] }) => (
  <>
    {all.map((text) => (
      <p>
        <Sentence text={text} />
      </p>
    ))}
  </>
);

/** The three numbers that a decision needs, at the largest size. */
function Figures({ table }: Props) {
  const last = table.points.at(-1);
  const figures = chooseShown(table).flatMap(({ id, title }) => {
    const start = last && startOf(last, id);
    return start ? [{ title, seconds: start.seconds }] : [];
  });
  return (
    <dl class="figures">
      {figures.map(({ title, seconds: { low, likely, high } }) => (
        <div>
          <dt>
            <bdi>{visible(title, 80)}</bdi>
          </dt>
          <dd class="value">{formatSeconds(likely)}</dd>
          <dd class="basis">
            <i class="modelled">modelled</i>
            {`, ${formatRange(low, high, formatSeconds)}`}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const Head = ({ table }: Props) => (
  <header>
    <h1>
      What starting <bdi>{scriptOf(table)}</bdi> costs as the job grows
    </h1>
    <p class="about">
      <bdi>{tellSetting(table)}</bdi>
    </p>
    <p class="lead">
      {tellEnds(table).map((sentence, index) => (
        <>
          <span class={index === 0 ? 'first' : undefined}>
            <Sentence text={sentence} />
          </span>{' '}
        </>
      ))}
    </p>
    <Figures table={table} />
  </header>
);

function Curve({ table }: Props) {
  if (table.points.length === 0) return null;
  return (
    <Section id="curve" title="As the job grows">
      <figure>
        <figcaption>{HOW_TO_READ} The bands are these ranges.</figcaption>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
        <div class="wide" tabIndex={0}>
          <ScaleChart table={table} />
        </div>
      </figure>
      {table.profile.shared ? null : <p>{LOCAL}</p>}
      <Twin>
        {chooseShown(table).map((plan) => (
          <DataTable table={planTable(table, plan)} most={MOST_ROWS} />
        ))}
      </Twin>
    </Section>
  );
}

const Ways = ({ table }: Props) =>
  table.pays.length === 0 ? null : (
    <Section id="ways" title="What pays">
      <DataTable table={paysTable(table)} most={MOST_ROWS} />
      <Sentences all={tellStar(table)} />
      <dl class="terms">
        {table.plans.slice(0, MOST_ROWS).map((plan) => (
          <>
            <dt>
              <bdi>{visible(plan.title, 80)}</bdi>
            </dt>
            <dd>
              <Sentence text={plan.because} />
            </dd>
          </>
        ))}
      </dl>
    </Section>
  );

const Parts = ({ table }: Props) => (
  <Section id="parts" title="Where the time goes">
    <DataTable table={partsTable(table)} most={MOST_ROWS} />
  </Section>
);

function Arithmetic({ table }: Props) {
  const lines = explainTable(table);
  if (lines.length === 0) return null;
  return (
    <Section id="arithmetic" title="The arithmetic">
      <pre>{lines.join('\n')}</pre>
    </Section>
  );
}

function Notes({ table }: Props) {
  const timeouts = tellTimeouts(table);
  const beside = [...tellSustained(table), ...tellImage(table)];
  return (
    <>
      {timeouts.length > 0 && (
        <Section id="timeouts" title="Time limits of the launcher">
          <Sentences all={timeouts} />
        </Section>
      )}
      {beside.length > 0 && (
        <Section id="beside" title="Farms and staging">
          <Sentences all={beside} />
        </Section>
      )}
    </>
  );
}

const Unknowns = ({ table: { unknowns } }: Props) =>
  unknowns.length === 0 ? null : (
    <Section id="unknowns" title="Not known, and why">
      <ul class="list">
        {unknowns.slice(0, MOST_ROWS).map(({ what, because, hint = '' }) => (
          <li>
            <Sentence text={`${what}: ${because}${hint === '' ? '' : `. ${hint}`}`} />
          </li>
        ))}
      </ul>
    </Section>
  );

const SECTIONS = [Curve, Ways, Parts, Notes, Arithmetic, Unknowns];

const Foot = ({ table }: Props) => (
  <footer>
    <p>
      <b>Modelled</b>: computed, with the interval it lies in. {tellFigures(table)}
    </p>
    <p>{`Pharos ${visible(table.by, 40)}. This page is one file, needs no script and loads nothing.`}</p>
  </footer>
);

/** What is told of a start as the job grows, between the page's ends. */
export const ScalePage = ({ table }: Props) => (
  <>
    <Head table={table} />
    <main>
      {SECTIONS.map((Part) => (
        <Part table={table} />
      ))}
    </main>
    <Foot table={table} />
  </>
);
