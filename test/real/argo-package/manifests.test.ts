/** The manifests of plugins/argo-rollouts against each other and against what they speak of. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { readRemoteFile } from "../../../src/app/argo-plugin/plugin-settings.ts";
import { readSettings } from "../../../src/app/settings/settings.ts";
import { readConfiguredPlugins } from "./configured-plugins.ts";

const folder = join(import.meta.dirname, "../../../plugins/argo-rollouts");
const read = async (name: string) => await readFile(join(folder, name), "utf8");

const mount = z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() });
const podSpec = z.object({
  initContainers: z.tuple([z.object({ image: z.string(), volumeMounts: z.array(mount) })]),
  containers: z.tuple([z.object({ name: z.literal("argo-rollouts"), volumeMounts: z.array(mount) })]),
  volumes: z.array(z.object({ name: z.string() })),
});
const deployment = z.object({ spec: z.object({ template: z.object({ spec: podSpec }) }) });

const remoteDeployment = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([z.object({ name: z.literal("argo-rollouts"), volumeMounts: z.array(mount) })]),
        volumes: z.tuple([z.object({ name: z.string(), secret: z.object({ secretName: z.string() }) })]),
      }),
    }),
  }),
});

describe("the manifests", () => {
  it("name the metric plugin and the step plugin, and give each a file of its own", async () => {
    const { metricprovider, step } = await readConfiguredPlugins(join(folder, "component/plugins.yaml"));
    expect([metricprovider.name, step.name]).toEqual(["coalmine/analysis", "coalmine/step"]);
    expect({ ...step, name: "" }).toEqual({ ...metricprovider, name: "" });
  });

  it("mount what the plugin's arguments and the image's command speak of", async () => {
    const { spec } = deployment.parse(parse(await read("component/controller.yaml"))).spec.template;
    const [[installer], [controller]] = [spec.initContainers, spec.containers];
    const { location, args } = (await readConfiguredPlugins(join(folder, "component/plugins.yaml"))).step;
    const mounted = controller.volumeMounts.map(({ mountPath }) => `${mountPath}/`);
    for (const path of [location.replace("file://", ""), ...args.filter((arg) => arg.startsWith("/"))])
      expect(
        mounted.filter((prefix) => path.startsWith(prefix)),
        path,
      ).toHaveLength(1);
    expect(controller.volumeMounts.every(({ readOnly }) => readOnly)).toBe(true);
    const volumes = spec.volumes.map(({ name }) => name);
    expect(controller.volumeMounts.map(({ name }) => name)).toEqual(volumes);

    // The installer writes into the volume that the controller reads, at the path that the Dockerfile says.
    const [target] = installer.volumeMounts;
    expect(target).toEqual({ name: "coalmine", mountPath: "/plugins" });
    expect(await read("Dockerfile")).toContain(
      `CMD ["${location.replace(/^file:\/\/(.*)\/loader$/, "$1")}"]`,
    );
    const { images } = z
      .object({ images: z.array(z.object({ name: z.string() })) })
      .parse(parse(await read("component/kustomization.yaml")));
    expect(images.map(({ name }) => name)).toEqual([installer.image]);
  });

  it("bring settings that the plugin takes", async () => {
    const { sources } = readSettings(parse(await read("component/coalmine.yaml")), {});
    expect(Object.keys(sources)).toEqual(["default"]);
    const commented = (await read("component/coalmine.yaml")).replaceAll(/^ {2}# {1}/gm, "  ");
    expect(Object.keys(readSettings(parse(commented), {}).sources)).toEqual(["default", "thanos"]);
  });

  it("mount for a remote plugin what its settings speak of, beside the rest", async () => {
    const { spec } = remoteDeployment.parse(parse(await read("remote/controller.yaml"))).spec.template;
    const [[controller], [volume]] = [spec.containers, spec.volumes];
    expect(controller.volumeMounts).toEqual([
      { name: volume.name, mountPath: "/plugins-secrets", readOnly: true },
    ]);
    const { tokenFile, caFile } = readRemoteFile(parse(await read("remote/coalmine.yaml")));
    for (const path of [tokenFile, caFile]) expect(path).toMatch(/^\/plugins-secrets\/[a-z.]+$/);
    const kustomization = parse(await read("remote/kustomization.yaml"));
    expect(kustomization).toMatchObject({
      kind: "Component",
      components: ["../component"],
      patches: [{ path: "controller.yaml" }],
      configMapGenerator: [{ name: "coalmine-settings", behavior: "replace", files: ["coalmine.yaml"] }],
    });
  });
});
