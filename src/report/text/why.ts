import { absolutePath, formatCountOf } from '#base';
import type { LinkStep, WhyReport } from '#schema';
import { wrap } from '../columns.ts';
import { visible } from '../visible.ts';
import { tellMpi4py } from './mpi4py.ts';
import { heading, type Page, tellMore } from './page.ts';

const RULES: Record<LinkStep['rule'], string> = {
  loaded: 'loaded already',
  path: 'a path',
  rpath: 'RPATH',
  'library-path': 'LD_LIBRARY_PATH',
  runpath: 'RUNPATH',
  cache: 'ld.so.cache',
  default: 'default folder',
};

const OUTCOMES: Record<LinkStep['outcome'], string> = {
  found: 'found',
  absent: 'not there',
  'other-machine': 'for another machine, passed over',
  damaged: 'damaged: the loader stops here',
};

/** `not there    RPATH  /a/b of libx.so`: one place that was looked at. */
function tellStep({ rule, of, place, outcome }: LinkStep, sites: readonly string[]): string {
  const owner = of === undefined ? '' : ` of ${visible(of.slice(of.lastIndexOf('/') + 1), 80)}`;
  return `${RULES[rule]}${owner}, ${shorten(place, sites)}: ${OUTCOMES[outcome]}`;
}

/** Of a file of packages only the way from `site-packages`, which stands above. */
function shorten(path: string, sites: readonly string[]): string {
  const plain = path.includes('/../') ? absolutePath('/', path) : path;
  const site = sites.find((one) => plain.startsWith(`${one}/`));
  return visible(site === undefined ? plain : plain.slice(site.length + 1));
}

type Answer = WhyReport['answers'][number];

function drawAnswer({ name, path, steps, wantedBy, owners }: Answer, sites: readonly string[], page: Page): string[] {
  const { width, ink } = page;
  const shown = wantedBy.slice(0, 3);
  const some = steps.length > page.most ? [...steps.slice(0, page.most - 1), ...steps.slice(-1)] : steps;
  return [
    ...wrap(`${visible(name, 200)}: ${path === undefined ? 'not found' : shorten(path, sites)}`, width).map(
      path === undefined ? ink.bad : ink.strong,
    ),
    ...wrap(`needed by ${formatCountOf(wantedBy.length, 'file')} of ${visible(owners.join(', '), 200)}`, width, '  '),
    ...shown.flatMap((one) => wrap(shorten(one, sites), width, '    ')),
    ...(wantedBy.length > shown.length ? wrap(tellMore(page, wantedBy.length - shown.length), width, '    ') : []),
    ...wrap('looked for, in this order:', width, '  '),
    ...some.flatMap((step) => wrap(tellStep(step, sites), width, '    ', '      ')),
    ...(some.length < steps.length ? wrap(tellMore(page, steps.length - some.length), width, '    ') : []),
  ];
}

/** Which copy, by which rule, for whom, and which others lose. */
export function whyLines(why: WhyReport, page: Page): string[] {
  const { width, ink } = page;
  const paths = new Set(why.answers.map(({ path }) => path).filter((path) => path !== undefined));
  const isShared = new Set(why.answers.map(({ name }) => name)).size < why.answers.length && paths.size > 1;
  return [
    ...wrap(`${visible(why.name, 200)} in ${visible(why.place)}`, width).map(ink.strong),
    ...wrap(
      `as the loader of this machine (glibc ${visible(why.glibc, 40)}) links it for ${visible(why.program)}`,
      width,
    ),
    ...why.sites.flatMap((site) => wrap(`packages in ${visible(site)}`, width)),
    ...why.answers.flatMap((answer) => ['', ...drawAnswer(answer, why.sites, page)]),
    ...(isShared
      ? ['', ...wrap('In one process the copy that is loaded first stands for all that ask for the same name.', width)]
      : []),
    ...(why.mpi4py
      ? [
          '',
          ...wrap(
            `${tellMpi4py(why.mpi4py)}. It looks for an MPI by rules of its own, before its module is loaded.`,
            width,
          ),
        ]
      : []),
    ...(why.losers.length > 0
      ? [
          ...heading(page, 'Copies that nobody gets'),
          ...why.losers.slice(0, page.most).flatMap((path) => wrap(shorten(path, why.sites), width, '  ')),
        ]
      : []),
  ];
}
