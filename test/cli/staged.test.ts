import { testPython } from './python-tests.ts';

testPython('what runs in a stage', 'staged');
