-- Drives the language server from Neovim itself and writes what came of it, as JSON, to the file named by OUT.
local results = {}

local function finish()
  local out = io.open(vim.env.OUT, 'w')
  out:write(vim.fn.json_encode(results))
  out:close()
  vim.cmd('qa!')
end

local function run()
  vim.cmd('edit ' .. vim.env.SPEC)
  local client = vim.lsp.start_client({
    name = 'mlp',
    cmd = vim.fn.json_decode(vim.env.SERVER),
    root_dir = vim.fn.fnamemodify(vim.env.SPEC, ':h'),
  })
  vim.lsp.buf_attach_client(0, client)
  vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 20)
  results.diagnostics = vim.tbl_map(function(d)
    return { line = d.lnum, column = d.col, message = d.message, code = d.code or d.user_data.lsp.code }
  end, vim.diagnostic.get(0))

  -- The misspelt name is mended by its own quick fix's text.
  local line = results.diagnostics[1].line
  local text = vim.api.nvim_buf_get_lines(0, line, line + 1, false)[1]
  vim.api.nvim_buf_set_lines(0, line, line + 1, false, { (text:gsub('pagse', 'pages')) })
  results.mended = vim.wait(20000, function() return #vim.diagnostic.get(0) == 0 end, 20)

  vim.fn.search('pages > 10')
  local function ask(method, more)
    local params = vim.tbl_extend('force', vim.lsp.util.make_position_params(0, 'utf-16'), more or {})
    local answer = vim.lsp.buf_request_sync(0, method, params, 10000)
    return answer and answer[client] and answer[client].result
  end
  results.hover = ask('textDocument/hover').contents.value
  results.completion = vim.tbl_map(function(item) return item.label end, ask('textDocument/completion'))
  vim.lsp.util.apply_workspace_edit(ask('textDocument/rename', { newName = 'clicks' }), 'utf-16')
  vim.lsp.buf.formatting_sync({}, 10000)
  results.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

local ok, err = pcall(run)
if not ok then results.error = tostring(err) end
finish()
