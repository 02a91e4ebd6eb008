#!/usr/bin/env node
/** The `coalmine` command. */
import { runCli } from "../app/cli-app.ts";

// Not process.exit(): what is still being written to a pipe would be lost.
process.exitCode = await runCli();
