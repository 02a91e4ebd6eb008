import { describe, expect, it } from "vitest";
import { mayLeadTo, networkOf } from "../../../src/app/settings/address-network.ts";

describe("an address is", () => {
  it.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])(
    "public: %s",
    (address) => expect(networkOf(address)).toBe("public"),
  );

  it.each([
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "fd00::1",
    "fc00::1",
    "::ffff:10.0.0.1",
    "::ffff:a00:1",
    "64:ff9b::10.0.0.1",
  ])("of a private network: %s", (address) => expect(networkOf(address)).toBe("private"));

  it.each([
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "64:ff9b::127.0.0.1",
  ])("this machine: %s", (address) => expect(networkOf(address)).toBe("loopback"));

  it.each([
    ["link-local, where most clouds tell credentials", "169.254.169.254"],
    ["link-local", "169.254.0.1"],
    ["link-local", "fe80::1"],
    ["link-local, with its interface", "fe80::1%eth0"],
    ["link-local, written as IPv6", "::ffff:169.254.169.254"],
    ["link-local, written as IPv6 in hex", "::ffff:a9fe:a9fe"],
    ["link-local, behind NAT64", "64:ff9b::a9fe:a9fe"],
    ["where AWS tells credentials by IPv6", "fd00:ec2::254"],
    ["the same, written long", "fd00:0ec2:0000:0000:0000:0000:0000:0254"],
    ["where Alibaba Cloud tells credentials", "100.100.100.200"],
    ["where Azure tells credentials", "168.63.129.16"],
    ["where Google Cloud tells credentials by IPv6", "fd20:ce::254"],
    ["where Oracle tells credentials", "192.0.0.192"],
    ["any address of this machine", "0.0.0.0"],
    ["any address of this machine", "::"],
    ["everybody", "255.255.255.255"],
    ["many", "224.0.0.1"],
    ["many", "ff02::1"],
    ["one that stands for another (6to4)", "2002:a9fe:a9fe::1"],
    ["one that stands for another (Teredo)", "2001:0:a9fe:a9fe::1"],
    ["one that stands for another (RFC 8215)", "64:ff9b:1::a9fe:a9fe"],
    ["an old form", "::169.254.169.254"],
    ["for documents", "192.0.2.1"],
    ["none as a resolver writes it", "127.1"],
    ["none as a resolver writes it", "0x8.8.8.8"],
    ["none", "coalmine.example"],
    ["none", ""],
  ])("forbidden, being %s: %s", (_, address) => expect(networkOf(address)).toBe("forbidden"));
});

it.each([
  ["anywhere", ["8.8.8.8", "10.0.0.1", "127.0.0.1", "169.254.169.254"]],
  ["private", ["8.8.8.8", "10.0.0.1"]],
  ["public", ["8.8.8.8"]],
  ["this-machine", ["127.0.0.1"]],
] as const)("a name that may lead %s leads to %j and to no other", (reach, allowed) => {
  const all = ["8.8.8.8", "10.0.0.1", "127.0.0.1", "169.254.169.254"];
  expect(all.filter((address) => mayLeadTo(reach, address))).toEqual(allowed);
});
