// Loaded with --require: ends the process with SIGKILL at the n-th change of a file below a folder, as a power cut
// would. DIE_BELOW is the folder, DIE_AT the number of the call, DIE_HOW whether it was not yet, half or wholly done.
// With DIE_COUNT nothing is ended: the number of changes is written to that file.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const folder = process.env.DIE_BELOW;
const at = Number(process.env.DIE_AT);
const how = process.env.DIE_HOW;
const countFile = process.env.DIE_COUNT;
const handles = new Set();
let calls = 0;
let inside = false;

function concerns(name, [first, second]) {
  if (name === 'openSync') return isBelow(first) && /[wax+]/.test(String(second ?? 'r'));
  // What a copy changes is its second file.
  if (name === 'copyFileSync') return isBelow(second);
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

/** The same for functions that promise: the process ends when the call would begin, or when it has ended. */
function watchPromise(holder, name, isOurs, half) {
  const real = holder[name];
  holder[name] = async function watched(...args) {
    if (!isOurs(args)) return real.apply(this, args);
    calls += 1;
    const isIt = calls === at;
    if (isIt && how === 'before') die();
    if (isIt && how === 'half') {
      await half?.((...rest) => real.apply(this, rest), args);
      die();
    }
    const result = await real.apply(this, args);
    if (isIt) die();
    return result;
  };
}

function halve(data) {
  return data.subarray(0, Math.floor(data.length / 2));
}

const HALVES = {
  writeFile: (real, [file, data, ...rest]) => real(file, data.slice(0, Math.floor(data.length / 2)), ...rest),
  copyFile: (_, [from, to]) => realWriteFile(to, halve(fs.readFileSync(from))),
};
const realWriteFile = fs.promises.writeFile;
for (const name of ['writeFile', 'copyFile', 'rename', 'unlink', 'rm', 'rmdir', 'mkdir', 'chmod', 'link'])
  watchPromise(fs.promises, name, ([first, second]) => isBelow(name === 'copyFile' ? second : first), HALVES[name]);

watchPromise(fs.promises, 'open', ([file, flags]) => isBelow(file) && /[wax+]/.test(String(flags ?? 'r')));
const watchedOpen = fs.promises.open;
fs.promises.open = async (file, flags, ...rest) => {
  const handle = await watchedOpen(file, flags, ...rest);
  if (!isBelow(file)) return handle;
  watchPromise(
    handle,
    'write',
    () => true,
    (real, [data, offset = 0]) => real(halve(data.subarray(offset))),
  );
  return handle;
};

if (countFile) {
  const write = fs.writeFileSync;
  process.on('exit', () => write(countFile, String(calls)));
}
