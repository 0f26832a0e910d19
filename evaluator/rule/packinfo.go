package rule

// PackInfo identifies the rules.
type PackInfo struct {
	// Where the rules came from, in order: builtin, directories.
	Sources []string `json:"sources"`
	// Packs among them that say their name and version.
	Packs []PackVersion `json:"packs,omitempty"`
	// SHA-256 over all rule and parameter files, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Parameters that the rules were given.
	Params map[string]any `json:"params"`
	// Names of the parameters that differ from the pack's defaults.
	ChangedParams []string `json:"changed_params,omitempty"`
	// Where each of those was set: --param, or the configuration file.
	ParamOrigins map[string]string `json:"param_origins,omitempty"`
}

// PackVersion identifies a pack that was made to be handed out.
type PackVersion struct {
	// Name of the pack, as its pack.yaml says.
	Name string `json:"name"`
	// Version of the pack.
	Version string `json:"version"`
	// Folder or file that it was read from.
	Source string `json:"source"`
	// The key by which its signature was verified; absent where that was not asked for.
	KeyID string `json:"key_id,omitempty"`
}

func (v PackVersion) String() string { return v.Name + " " + v.Version }
