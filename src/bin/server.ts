#!/usr/bin/env node
import { runServer } from "../app/run-server.ts";

process.exit(await runServer());
