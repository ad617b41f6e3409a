#!/usr/bin/env node
// Runs the sources as they are: Node strips the types. For work on sentops itself.
import { readFileSync } from 'node:fs';
import { execute } from '@oclif/core/execute';

const root = new URL('..', import.meta.url);
const pjson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
pjson.oclif.commands.target = './src/commands';
await execute({ loadOptions: { root: root.pathname, pjson, ignoreManifest: true } });
