package web

import (
	_ "embed"
	"net/http"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/platform"
)

//go:embed openapi.json
var openapi []byte

// apiHealth answers GET /api/health: the process serves.
func (s *server) apiHealth(v *visit) error {
	return answerJSON(v, http.StatusOK, map[string]string{"status": "ok"})
}

// apiDescription answers GET /api/openapi.json.
func (s *server) apiDescription(v *visit) error {
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Header().Set("Cache-Control", "public, max-age=300")
	_, err := v.w.Write(openapi)
	return err
}

type sessionBody struct {
	UserID string     `json:"user_id"`
	Name   string     `json:"name"`
	Admin  bool       `json:"admin"`
	Tier   string     `json:"tier"`
	Scope  string     `json:"scope"`
	Limits limitsBody `json:"limits"`
	Usage  usageBody  `json:"usage"`
}

// limitsBody are limits; 0 is unlimited.
type limitsBody struct {
	Documents     int64 `json:"documents"`
	FileBytes     int64 `json:"file_bytes"`
	DatabaseBytes int64 `json:"database_bytes"`
	UploadBytes   int64 `json:"upload_bytes"`
}

type usageBody struct {
	Documents     int64 `json:"documents"`
	FileBytes     int64 `json:"file_bytes"`
	DatabaseBytes int64 `json:"database_bytes"`
}

func limitsOf(t platform.Tier) limitsBody {
	return limitsBody{t.Documents, t.FileBytes, t.DatabaseBytes, t.UploadBytes}
}

// apiSession answers GET /api/session.
func (s *server) apiSession(v *visit) error {
	usage, err := v.library.Usage(v.ctx())
	if err != nil {
		return err
	}
	a := v.caller.Account
	return answerJSON(v, http.StatusOK, sessionBody{
		UserID: a.Tenant.String(), Name: a.Name, Admin: a.Admin, Tier: v.limits.Name, Scope: string(v.caller.Scope),
		Limits: limitsOf(v.limits), Usage: usageBody(usage),
	})
}

type documentBody struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Authors   []string       `json:"authors"`
	Language  string         `json:"language"`
	Tags      []string       `json:"tags"`
	FileName  string         `json:"file_name"`
	Format    extract.Format `json:"format"`
	Origin    library.Origin `json:"origin"`
	Size      int64          `json:"size"`
	Pages     int            `json:"pages"`
	NoText    int            `json:"pages_without_text"`
	Created   time.Time      `json:"created"`
	Updated   time.Time      `json:"updated"`
	HasCover  bool           `json:"has_cover"`
	Protected bool           `json:"protected"`
	Missing   bool           `json:"missing"`
	FirstLine string         `json:"first_line"`
	progressBody
}

// progressBody is how far the reading of a document is.
type progressBody struct {
	Status        library.Status `json:"status"`
	Stage         string         `json:"stage"`
	Done          int            `json:"done"`
	Total         int            `json:"total"`
	Error         string         `json:"error"`
	NeedsPassword bool           `json:"needs_password"`
}

func progressOf(p library.Progress) progressBody {
	return progressBody{p.Status, p.Stage, p.Done, p.Total, p.Error, p.NeedsPassword}
}

func documentOf(d library.Document) documentBody {
	return documentBody{
		ID: d.ID, Title: d.Title, Authors: orEmpty(d.Authors), Language: d.Language, Tags: orEmpty(d.Tags),
		FileName: d.FileName, Format: d.Format, Origin: d.Origin, Size: d.Size, Pages: d.Pages, NoText: d.NoText,
		Created: d.Created, Updated: d.Updated, HasCover: d.HasCover, Protected: d.Protected, Missing: d.Missing, FirstLine: d.FirstLine,
		progressBody: progressOf(d.Progress),
	}
}

// orEmpty makes an absent list an empty one in JSON.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// apiDocuments answers GET /api/library.
func (s *server) apiDocuments(v *visit) error {
	list, _, err := documentsOf(v)
	if err != nil {
		return err
	}
	documents := make([]documentBody, len(list.Documents))
	for i, d := range list.Documents {
		documents[i] = documentOf(d)
	}
	return answerJSON(v, http.StatusOK, struct {
		Documents []documentBody `json:"documents"`
		Total     int            `json:"total"`
		Next      string         `json:"next"`
	}{documents, list.Total, list.Next})
}

// apiDocument answers GET /api/library/{id}.
func (s *server) apiDocument(v *visit) error {
	d, err := v.library.Document(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return answerJSON(v, http.StatusOK, documentOf(d))
}

// apiChange answers PATCH /api/library/{id}.
func (s *server) apiChange(v *visit) error {
	var body struct {
		Title *string   `json:"title"`
		Tags  *[]string `json:"tags"`
	}
	if err := readJSON(v, &body); err != nil {
		return err
	}
	d, err := v.library.Change(v.ctx(), v.r.PathValue("id"), library.Changes{Title: body.Title, Tags: body.Tags})
	if err != nil {
		return err
	}
	return answerJSON(v, http.StatusOK, documentOf(d))
}

// apiDelete answers DELETE /api/library/{id}.
func (s *server) apiDelete(v *visit) error {
	if err := v.library.Delete(v.ctx(), v.r.PathValue("id")); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

type statusBody struct {
	ID string `json:"id"`
	progressBody
}

// apiStatus answers GET /api/library/{id}/status.
func (s *server) apiStatus(v *visit) error {
	d, err := v.library.Document(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return answerJSON(v, http.StatusOK, statusBody{d.ID, progressOf(d.Progress)})
}

// apiReingest answers POST /api/library/{id}/reingest. The body may hold the
// password of an encrypted file.
func (s *server) apiReingest(v *visit) error {
	var body struct {
		Password string `json:"password"`
	}
	if v.r.ContentLength != 0 {
		if err := readJSON(v, &body); err != nil {
			return err
		}
	}
	d, err := v.library.Reingest(v.ctx(), v.r.PathValue("id"), body.Password)
	if err != nil {
		return err
	}
	return answerJSON(v, http.StatusAccepted, statusBody{d.ID, progressOf(d.Progress)})
}

type scanBody struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Missing   int `json:"missing"`
	Unchanged int `json:"unchanged"`
	Skipped   int `json:"skipped"`
}

// apiScan answers POST /api/library/scan.
func (s *server) apiScan(v *visit) error {
	found, err := v.library.ScanBooks(v.ctx())
	if err != nil {
		return err
	}
	return answerJSON(v, http.StatusOK, scanBody(found))
}

type pageBody struct {
	DocumentID string  `json:"doc_id"`
	Number     int     `json:"page_number"`
	Label      string  `json:"page_label"`
	Heading    string  `json:"heading"`
	Text       string  `json:"text"`
	Width      float64 `json:"width"`
	Height     float64 `json:"height"`
	NoText     bool    `json:"no_text"`
}

// apiPage answers GET /api/library/{id}/pages/{n}.
func (s *server) apiPage(v *visit) error {
	n, err := pageNumber(v, "n")
	if err != nil {
		return err
	}
	p, err := v.library.Page(v.ctx(), v.r.PathValue("id"), n)
	if err != nil {
		return err
	}
	return answerJSON(v, http.StatusOK, pageBody{p.DocumentID, p.Number, p.Label, p.Heading, p.Text, p.Width, p.Height, p.NoText})
}

type hitBody struct {
	DocumentID string  `json:"doc_id"`
	Title      string  `json:"title"`
	Page       int     `json:"page_number"`
	Label      string  `json:"page_label"`
	Heading    string  `json:"heading"`
	Snippet    string  `json:"snippet"`
	Start      int     `json:"start"`
	End        int     `json:"end"`
	Score      float64 `json:"score"`
}

// apiSearch answers GET /api/search.
func (s *server) apiSearch(v *visit) error {
	q, err := queryOf(v)
	if err != nil {
		return err
	}
	found, err := v.library.Search(v.ctx(), q)
	if err != nil {
		return err
	}
	results := make([]hitBody, len(found.Hits))
	for i, h := range found.Hits {
		results[i] = hitBody(h)
	}
	return answerJSON(v, http.StatusOK, struct {
		Query   string    `json:"query"`
		Mode    string    `json:"mode"`
		Notice  string    `json:"notice"`
		Loose   bool      `json:"loose"`
		Results []hitBody `json:"results"`
		Next    string    `json:"next"`
	}{q.Text, string(found.Mode), found.Notice, found.Loose, results, found.Next})
}

// documentsOf lists the documents that the query chooses.
func documentsOf(v *visit) (library.List, library.Filter, error) {
	filter, err := filterOf(v)
	if err != nil {
		return library.List{}, filter, err
	}
	list, err := v.library.Documents(v.ctx(), filter)
	return list, filter, err
}

// filterOf reads the choice of documents from the query.
func filterOf(v *visit) (library.Filter, error) {
	limit, err := number(v, "limit", 0)
	if err != nil {
		return library.Filter{}, err
	}
	q := v.r.URL.Query()
	return library.Filter{
		Text: q.Get("text"), Tag: q.Get("tag"), Status: library.Status(q.Get("status")),
		Format: extract.Format(q.Get("format")), Sort: library.Sort(q.Get("sort")),
		After: q.Get("after"), Limit: limit,
	}, nil
}

// queryOf reads a search from the query.
func queryOf(v *visit) (library.Query, error) {
	limit, err := number(v, "limit", 0)
	if err != nil {
		return library.Query{}, err
	}
	q := v.r.URL.Query()
	var documents []string
	for _, id := range q["doc"] {
		if id != "" {
			documents = append(documents, id)
		}
	}
	return library.Query{Text: q.Get("q"), Documents: documents, Tag: q.Get("tag"),
		Mode: library.Mode(q.Get("mode")), Limit: limit, After: q.Get("after")}, nil
}
