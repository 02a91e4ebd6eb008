/** The contract in proto/ is well made, breaks nobody, and what is written from it is current (else: npm run proto). */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buf, protoFolder } from "../../tools/proto/buf.ts";
import { releasedImage, writtenFiles } from "../../tools/proto/written-files.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

describe("proto", () => {
  const folder = useTemporaryFolder();

  it("passes buf's lint and is formatted", async () => {
    expect(String(await buf("lint"))).toBe("");
    expect(String(await buf("format", "--diff", "--exit-code"))).toBe("");
  });

  it("breaks nothing of what was released", async () => {
    expect(String(await buf("breaking", "--against", releasedImage))).toBe("");
  });

  it("would be told of a field whose number changed", async () => {
    cpSync(protoFolder, folder.path(), { recursive: true });
    const file = folder.path("coalmine/v1/analysis.proto");
    writeFileSync(file, readFileSync(file, "utf8").replace("double score = 6;", "double score = 60;"));
    const check = buf("breaking", folder.path(), "--against", releasedImage);
    await expect(check).rejects.toThrow(
      /Previously present field "6" with name "score" on message "Analysis"/,
    );
  });

  it("is what the types and the descriptors were written from", async () => {
    for (const [path, content] of await writtenFiles()) {
      expect(readFileSync(path).equals(content), path).toBe(true);
    }
  });
});
