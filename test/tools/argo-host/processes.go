package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A plugin that runs.
type process struct {
	Pid  int      `json:"pid"`
	Argv []string `json:"argv"`
	// "metricprovider" or "step": what the host said it is to be.
	Cookie   string `json:"cookie"`
	RssBytes int    `json:"rssBytes"`
	// The most it ever was.
	PeakRssBytes int `json:"peakRssBytes"`
	// Of the processor so far, all threads, in steps of 10 ms.
	CpuMillis int `json:"cpuMs"`
}

// children are the processes that this one started and that have not ended. The
// controller's code keeps its plugins' to itself, so the kernel is asked.
func children() ([]process, error) {
	statuses, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		return nil, err
	}
	found := []process{}
	for _, path := range statuses {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // It ended meanwhile.
		}
		fields := statusFields(string(text))
		if fields["PPid"] != fmt.Sprint(os.Getpid()) || strings.HasPrefix(fields["State"], "Z") {
			continue
		}
		p, err := read(filepath.Dir(path), fields)
		if err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, nil
}

func statusFields(text string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	return fields
}

func read(folder string, fields map[string]string) (process, error) {
	p := process{RssBytes: kilobytes(fields["VmRSS"]), PeakRssBytes: kilobytes(fields["VmHWM"])}
	var err error
	if p.Pid, err = strconv.Atoi(fields["Pid"]); err != nil {
		return p, err
	}
	if p.CpuMillis, err = cpuMillis(folder); err != nil {
		return p, err
	}
	argv, err := os.ReadFile(folder + "/cmdline")
	if err != nil {
		return p, err
	}
	p.Argv = strings.Split(strings.TrimSuffix(string(argv), "\x00"), "\x00")
	environ, err := os.ReadFile(folder + "/environ")
	for variable := range strings.SplitSeq(string(environ), "\x00") {
		if value, is := strings.CutPrefix(variable, "ARGO_ROLLOUTS_RPC_PLUGIN="); is {
			p.Cookie = value
		}
	}
	return p, err
}

// cpuMillis adds up the user's and the system's time, fields 14 and 15 of
// proc_pid_stat(5), which are in hundredths of a second on every Linux.
func cpuMillis(folder string) (int, error) {
	stat, err := os.ReadFile(folder + "/stat")
	if err != nil {
		return 0, err
	}
	// The second field is a name in brackets, which may hold anything.
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndex(text, ")")+1:])
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return 10 * (user + system), err
}

func kilobytes(text string) int {
	count, _ := strconv.Atoi(strings.TrimSuffix(text, " kB"))
	return 1_024 * count
}
