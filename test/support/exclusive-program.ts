/*
 * Takes the card in a reader for itself, through the system's PC/SC library, until its standard input ends.
 * Argument: name of the reader. Prints a line when it has the card.
 */
import { connectExclusively } from './exclusive-client.js';

const letGo = await connectExclusively(process.argv[2] ?? '');
process.stdout.write('held\n');
process.stdin.resume().once('end', () => void letGo());
