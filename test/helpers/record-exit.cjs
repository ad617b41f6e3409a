// Preloaded into a process under test: says on standard error when the program ends itself by process.exit.
'use strict';
const { exit } = process;
process.exit = code => {
  process.stderr.write('process.exit was called\n');
  exit.call(process, code);
};
