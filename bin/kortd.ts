#!/usr/bin/env node
import { kortd } from '../src/app/kortd.js';

process.exitCode = await kortd(process.argv.slice(2));
