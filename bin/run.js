#!/usr/bin/env node
// biome-ignore-all lint: ECMAScript 5 and unprefixed module names, for Nodes that know nothing newer
// The start of sentops. Written so that any Node of the last ten years can read it: one that is too old hands over to
// the Node installed beside this package, or says in one line what is needed.
'use strict';
var NEEDED = [22, 22];

function isRecent(version) {
  var parts = version.split('.');
  var major = Number(parts[0]);
  return major > NEEDED[0] || (major === NEEDED[0] && Number(parts[1]) >= NEEDED[1]);
}

function fail(message) {
  process.stderr.write('sentops: ' + message + '\n');
  process.exitCode = 1;
}

function handOver() {
  var needs = 'needs Node.js ' + NEEDED.join('.') + ' or newer';
  var name = process.platform === 'win32' ? 'node.exe' : 'node';
  var node = require('path').join(__dirname, '../node_modules/node/bin', name);
  // The loop guard: a pinned Node that is itself too old must not start itself for ever.
  if (process.env.SENTOPS_HANDED_OVER || !require('fs').existsSync(node)) {
    fail('found Node.js ' + process.versions.node + ' at ' + process.execPath + ', ' + needs);
    return;
  }
  process.env.SENTOPS_HANDED_OVER = '1';
  var child = require('child_process').spawn(node, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
  passSignalsTo(child);
  child.on('error', function (error) {
    fail('cannot run ' + node + ' (' + error.message + '), ' + needs);
  });
  child.on('exit', function (code, signal) {
    if (!signal) {
      process.exit(code);
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function passSignalsTo(child) {
  // A terminal sends Ctrl-C to the whole group: passing it on as well would be a second one, which ends at once.
  var atTerminal = [0, 1, 2].some(function (fd) {
    return require('tty').isatty(fd);
  });
  var signals = process.platform === 'win32' ? [] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
  signals.forEach(function (signal) {
    process.on(signal, function () {
      if (signal !== 'SIGINT' || !atTerminal) {
        child.kill(signal);
      }
    });
  });
}

function start() {
  delete process.env.SENTOPS_HANDED_OVER;
  var built = require('path').join(__dirname, '../dist/front.js');
  var front;
  try {
    front = require('../dist/front.js');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || require('fs').existsSync(built)) {
      throw error;
    }
    fail('this checkout has not been built, run: npm run build');
    return;
  }
  front.start();
}

if (isRecent(process.versions.node)) {
  start();
} else {
  handOver();
}
