// Preloaded into a process under test: at its end, writes down the time and the most memory that it took.
'use strict';
const fs = require('node:fs');
const { isMainThread } = require('node:worker_threads');

/** On Linux a process inherits the maximum of the one that started it, which may be larger than its own. */
function ownMaximum(maxRSS) {
  if (process.platform !== 'linux') return maxRSS;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]);
}

if (isMainThread)
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, bytes: ownMaximum(maxRSS) * 1024 };
    fs.writeFileSync(process.env.RECORD_USAGE_TO, JSON.stringify(usage));
  });
