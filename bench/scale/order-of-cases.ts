import type { Row } from './prediction.ts';
import { markdownTable } from './told-text.ts';

// Whether the model puts the cases of one publication in the order that was measured.

interface Case {
  readonly table: { readonly id: string };
  readonly first: { readonly rows: readonly Row[] };
}

const GROUPS: readonly { readonly title: string; readonly ids: readonly string[] }[] = [
  { title: 'Aurora: two imports', ids: ['aurora-horovod', 'aurora-mpi4py'] },
  { title: 'Frontier: Lustre, NFS', ids: ['frontier-lustre', 'frontier-nfs'] },
  {
    title: 'Biowulf: starts on each node',
    ids: ['biowulf-1', 'biowulf-2', 'biowulf-4', 'biowulf-8', 'biowulf-16'],
  },
  { title: 'Noctua 2: two file systems, Open MPI', ids: ['noctua-home', 'noctua-lustre'] },
  { title: 'Noctua 2: two file systems, Intel MPI', ids: ['noctua-home-intel', 'noctua-lustre-intel'] },
];

/** Nearer ones are the same within what runs scatter. */
const APART = 1.25;

interface Order {
  readonly pairs: number;
  readonly right: number;
}

function orderOf(cases: readonly Case[]): Order {
  const pairs = cases.flatMap((one, index) =>
    cases.slice(index + 1).flatMap((other) =>
      one.first.rows.flatMap((row) => {
        const twin = other.first.rows.find(({ nodes }) => nodes === row.nodes);
        if (!twin || row.fitted || twin.fitted) return [];
        const measured = Math.log(row.seconds / twin.seconds);
        return Math.abs(measured) < Math.log(APART) ? [] : [measured * Math.log(row.likely / twin.likely) > 0];
      }),
    ),
  );
  return { pairs: pairs.length, right: pairs.filter(Boolean).length };
}

/** A table of pairs of cases at the same size, neither fitted, that were measured a quarter apart or more. */
export function orderOfCases(outcomes: readonly Case[]): string {
  const lines = GROUPS.map(({ title, ids }) => {
    const { pairs, right } = orderOf(outcomes.filter(({ table }) => ids.includes(table.id)));
    return [title, `${right} of ${pairs}`];
  });
  return markdownTable(['Order of cases at the same size', 'Medians in the measured order'], lines);
}
