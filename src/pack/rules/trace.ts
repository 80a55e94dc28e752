import type { Rule } from './rule.ts';

/** What is only looked at is packed as well where it is small: asking for it must not leave the node. */
const MOST_LOOKED_AT_BYTES = 1024 * 1024;

/** Bytecode goes with its source: see `bytecode`. */
const CACHED = /\/__pycache__\/[^/]*\.pyc$/;

export const trace: Rule = {
  id: 'traced',
  reason: 'the recorded job used it',
  isNeeded: true,

  async apply(selection, { used, asked, libraries, script }) {
    const content = [...used, ...libraries.map(({ path }) => path), ...(script === undefined ? [] : [script])];
    const isOwn = (path: string) => !CACHED.test(path);
    await Promise.all(content.filter(isOwn).map((path) => selection.add(path, this.id)));
    await Promise.all(
      [...asked].filter(isOwn).map(async (path) => {
        const place = await selection.places.find(path);
        const isLarge = place?.status.type === 'file' && place.status.bytes > MOST_LOOKED_AT_BYTES;
        if (!isLarge) await selection.add(path, this.id);
      }),
    );
  },
};
