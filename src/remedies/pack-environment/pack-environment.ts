import { fileStem } from '#base';
import { chooseTransport, launchTime, START, savingOf, startModel } from '#scale';
import { sawWholeStart } from '../is-used.ts';
import { defineRemedy } from '../remedy.ts';

/** Packs what the job uses, so that each node reads one file instead of thousands. */
export const packEnvironment = defineRemedy({
  id: 'pack-environment',
  cures: ['metadata-storm', 'shared-interpreter', 'large-library', 'metadata-scan'],
  needs: START,

  prescribe(complaints, artifacts) {
    const { accesses, run, target } = artifacts;
    const model = startModel(artifacts);
    // Which files are used is known only where every operation was seen, and staging only helps against shared storage.
    if (accesses.coverage !== 'complete' || !sawWholeStart(run)) return [];
    if (!model.profile.shared || model.image().files === 0) return [];
    const { nodes, ranksPerNode } = target;
    const launchSeconds = launchTime(run.launcher, { nodes, ranksPerNode });
    const conditions = { nodes, ...(launchSeconds ? { launchSeconds } : {}) };
    const staged = chooseTransport(model, run.launcher, conditions);
    if (!staged) return [];
    const saves = savingOf(model.start(conditions), staged.start);
    if (saves.value <= 0) return [];
    const stem = fileStem(run.script);
    return [
      {
        title: 'Pack what the job uses, and start it on each node from there',
        cures: complaints.map(({ audit, finding }) => ({ audit, subject: finding.subject })),
        proved: `every file that the start uses was seen, and to bring them to each node (by ${staged.transport.title}) likely takes less time than to ask for them there`,
        saves,
        steps: [`pharos pack ${stem}.pharos --to ${stem}.image`, `pharos launch ${stem}.image`],
        undo: `rm -r ${stem}.image`,
        check: `pharos verify ${stem}.image -- and the job's command: the same program, and almost no call reaches shared storage`,
        fixer: 'user',
      },
    ];
  },
});
