// Loaded with --require: ends the process with SIGKILL at the n-th change of a file below a folder, as a power cut
// would. DIE_BELOW is the folder, DIE_AT the number of the call, DIE_HOW whether it was not yet, half or wholly done.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const folder = process.env.DIE_BELOW;
const at = Number(process.env.DIE_AT);
const how = process.env.DIE_HOW;
const handles = new Set();
let calls = 0;
let inside = false;

function concerns(name, [first, flags]) {
  if (name === 'openSync') return isBelow(first) && /[wax+]/.test(String(flags ?? 'r'));
  return typeof first === 'number' ? handles.has(first) : isBelow(first);
}

function isBelow(file) {
  return typeof file === 'string' && path.resolve(file).startsWith(folder + path.sep);
}

function die() {
  process.kill(process.pid, 'SIGKILL');
}

/** A write of which only the first half reached the disk. */
function writeHalf(real, name, args) {
  const [first, data, ...rest] = args;
  if (name !== 'writeFileSync' && name !== 'writeSync') return;
  real.call(fs, first, data.slice(0, Math.floor(data.length / 2)), ...(name === 'writeFileSync' ? rest : []));
}

for (const name of [
  'openSync',
  'writeFileSync',
  'writeSync',
  'appendFileSync',
  'copyFileSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'rmSync',
  'rmdirSync',
  'mkdirSync',
  'chmodSync',
  'fchmodSync',
]) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (inside || !concerns(name, args)) return real.apply(fs, args);
    inside = true;
    try {
      calls += 1;
      if (calls === at && how === 'before') die();
      if (calls === at && how === 'half') {
        writeHalf(real, name, args);
        die();
      }
      const result = real.apply(fs, args);
      if (name === 'openSync') handles.add(result);
      if (calls === at) die();
      return result;
    } finally {
      inside = false;
    }
  };
}
