import { failure, type Result } from '#base';
import { type AddCommand, type Context, checkOneInput, settle } from '../command.ts';
import { faceOption, judgeOptions, outOption, passthroughOption, secondsOption } from '../options.ts';
import type { DoctorOptions } from '../work.ts';

const IN_A_STEP = "srun python3 pharos-collect.pyz doctor -o step.pharos -- python -c 'import numpy, mpi4py.MPI'";

async function doctor(files: readonly string[], options: DoctorOptions, context: Context): Promise<Result<number>> {
  const { command } = context;
  const one = checkOneInput(files, context);
  if (!one.ok) return one;
  if (files.length > 0) {
    const { doctorRecordings } = await import('../work.ts');
    return doctorRecordings(files, options, context);
  }
  if (command.length > 0) {
    const { doctorCommand } = await import('../work.ts');
    return doctorCommand(command, options, context);
  }
  return failure({
    code: 'cli/usage',
    message: 'there is nothing to look at',
    hint: `Run in a job: ${IN_A_STEP}; then: pharos doctor step.*.pharos.`,
  });
}

export const addDoctorCommand: AddCommand = (program, context) => {
  const command = program
    .command('doctor')
    .summary('say what is plainly wrong with a job step, from its recordings or here')
    .description(
      `Says what is plainly wrong with a job step: on one page, for you or for a ticket. The recordings are made inside \
the step, by the one file that pharos collector --to pharos-collect.pyz writes out:

  ${IN_A_STEP.replace(' -- ', ' \\\n    -- ')}`,
    )
    .usage('[options] FILE…  |  [options] -- COMMAND…')
    .argument('[files...]', 'recordings of one step (step.NODE.pharos), one for each node');
  for (const option of [...judgeOptions(), faceOption(), outOption(), secondsOption(), passthroughOption()]) {
    command.addOption(option);
  }
  return command.action((files: string[], chosen: DoctorOptions) => settle(context, doctor(files, chosen, context)));
};
