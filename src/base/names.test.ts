import { expect, test } from 'vitest';
import { hideNames, revealNames } from './names.ts';

const names = { home: '/home/ada', user: 'ada', host: 'login1' };

test.for([
  ['/home/ada/env/lib', '~/env/lib'],
  ['/home/ada', '~'],
  ['/home/adam/env', '/home/adam/env'],
  ['/scratch/ada/env', '/scratch/$USER/env'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  ['/scratch/ada_env/x', '/scratch/${USER}_env/x'],
  ['/local/login1/x', '/local/$HOSTNAME/x'],
  ['/opt/adaptive/lib', '/opt/adaptive/lib'],
] as const)('%s is told as %s and found again', ([text, hidden]) => {
  expect(hideNames(text, names)).toBe(hidden);
  expect(revealNames(hidden, names)).toBe(text);
});

test('a name that is left empty stays', () => {
  expect(hideNames('/scratch/root/env', { home: '/root', user: '', host: '' })).toBe('/scratch/root/env');
});
