/** `npm run lock`: run it after `npm install`; adds to package-lock.json what the registry did not serve. */
import { readFileSync, writeFileSync } from "node:fs";
import { completeLock, missingPlatformPackages, type PackageLock } from "./platform-packages.ts";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as PackageLock;
const missing = missingPlatformPackages(lock);
writeFileSync("package-lock.json", `${JSON.stringify(completeLock(lock), null, 2)}\n`);
console.log(`package-lock.json: ${missing.size} packages of other platforms added`);
