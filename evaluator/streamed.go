package evaluator

import (
	"bytes"
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/snapshot"
)

// streamed is one client on its way past the rules.
type streamed struct {
	scan    snapshot.ClientScan // of no use where decoded was needed from the start
	decoded *clientInput        // nil until it is needed
	plain   bool                // whether scan is of no use
	bundled bool                // whether the bundle knew it
	line    int
	place   *Place
	nets    *Networks
	answers []*answer[*judgement] // by position in worker.rules
}

func (c *streamed) has(f snapshot.Field) bool {
	if c.plain {
		return c.decoded.has(f)
	}
	return c.scan.Has(f)
}

// inputOf is the client as a program sees it.
func (c *streamed) inputOf(p *program) (ast.Value, error) {
	if p.whole == "" && !c.plain {
		return p.projection(c)
	}
	if err := c.decode(); err != nil {
		return nil, err
	}
	return c.decoded.value, nil
}

// decode decodes the client in full, by other code than that of the scan.
func (c *streamed) decode() (err error) {
	if c.decoded == nil {
		c.decoded, err = readClient(c.scan.AppendObject(nil), c.nets)
	}
	return err
}

// text is the value of a text field, which is there and not null.
func (c *streamed) text(f snapshot.Field) string {
	raw := c.scan.Text(f)
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		panic("evaluator: a scanned text is none: " + err.Error()) // the scan has checked it
	}
	return text
}

func (c *streamed) resource() result.Resource {
	if c.plain {
		return result.Resource{Type: "client", GUID: c.decoded.client.GUID, Name: c.decoded.client.Name}.Named()
	}
	return result.Resource{Type: "client", GUID: c.text(guidField), Name: c.text(nameField)}.Named()
}
