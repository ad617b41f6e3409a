#!/usr/bin/env node
// Runs the sources as they are: Node strips the types. For work on sentops itself.
'use strict';
import('../src/cli/start/dev.ts').then(dev => dev.start(require('node:path').join(__dirname, '..')));
