/** Writes kernel/api/functions.generated.ts from the registry: `node --import tsx kernel/bin/generate-functions.ts`. */
import { writeFileSync } from 'node:fs';
import { generatedFunctions } from '../api/generate-functions.ts';

writeFileSync(new URL('../api/functions.generated.ts', import.meta.url), generatedFunctions());
