#!/usr/bin/env node
import { kort } from '../src/app/kort.js';

process.exitCode = await kort(process.argv.slice(2));
