// Preloaded into a process under test: at its end, writes down which files and built-in modules it loaded.
'use strict';
const before = new Set(process.moduleLoadList);
process.on('exit', () => {
  const fs = require('node:fs');
  const files = Object.keys(require.cache).filter(file => file !== __filename);
  const builtins = process.moduleLoadList.filter(name => name.startsWith('NativeModule ') && !before.has(name));
  const text = JSON.stringify({ files, builtins: builtins.map(name => name.slice('NativeModule '.length)) });
  fs.writeFileSync(process.env.RECORD_MODULES_TO, text);
});
