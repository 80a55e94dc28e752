/** Where a command speaks: `out` is data, `err` is talk. */
export interface Terminal {
  readonly out: Stream;
  readonly err: Stream;
}

export interface Stream {
  /** True where colour may be used: a terminal, and NO_COLOR is not set. */
  readonly colour: boolean;
  print(text: string): void;
}

function stream(target: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Stream {
  // A reader that went away (`| head`) is no failure of ours.
  target.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    colour: target.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb',
    print: (text) => void target.write(text.endsWith('\n') ? text : `${text}\n`),
  };
}

export function localTerminal(from: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'env'>): Terminal {
  return { out: stream(from.stdout, from.env), err: stream(from.stderr, from.env) };
}
